"""The public page of a document: valid, revoked, replaced or altered, for anyone who holds its code."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.pace.api import count_turn
from jingkai.kernel.permissions.api import Request, public
from jingkai.records.documents import queries
from jingkai.records.documents.data import END_CLASSES, CopyCheck, PublicView
from jingkai.records.documents.operations.copies import COPY_LIMIT, check_copy
from jingkai.records.documents.rules import MISSES, read_code, spaced_code
from jingkai.records.files import api as files
from jingkai.records.files.data import Upload
from jingkai.ui.data import Fact, Light


class SearchForm(forms.Form):
    """The number and the code that stand on a paper."""

    number = forms.CharField(label=gettext_lazy("Number on the paper"), max_length=100)
    code = forms.CharField(
        label=gettext_lazy("Verification code"),
        max_length=40,
        help_text=gettext_lazy("Twelve letters and digits, printed beside the QR code."),
    )


@public
@never_cache
@require_safe
def show_public(request: Request, code: str) -> HttpResponse:
    """Say what the paper with this code is worth."""
    view = _find(request, code)
    if view is None:
        context = {"typed": code[:40], "form": SearchForm()}
        return render(request, "documents/unknown.html", context, status=404)
    return render(request, "documents/public.html", _page(view))


@public
@never_cache
@require_http_methods(["PUT", "POST"])
def check_handed_in(request: Request, code: str) -> HttpResponseBase:
    """Compare a handed-in copy: `PUT` for the upload control, a form's `POST` where no script runs."""
    view = _find(request, code)
    if view is None:
        if request.method == "PUT":
            return JsonResponse({"detail": _("There is no document with this code.")}, status=404)
        return HttpResponseRedirect(reverse("documents:public", args=[code]))
    try:
        check = check_copy(upload=_receive(request), code=view.code)
    except files.FileRefused as refused:
        return _refused(request, view, refused)
    if request.method == "PUT":
        html = render_to_string("documents/verdict_line.html", {"check": check, **_verdict(check)}, request)
        return JsonResponse({"html": html, "verdict": check.verdict})
    return render(request, "documents/public.html", {**_page(view), "check": check, **_verdict(check)})


@public
@never_cache
@require_safe
def search(request: Request) -> HttpResponse:
    """Find a paper by the number and the code that stand on it."""
    asked = bool(request.GET.get("number") or request.GET.get("code"))
    form = SearchForm(request.GET if asked else None)
    if asked and form.is_valid():
        code = read_code(form.cleaned_data["code"])
        if code and queries.find_code(form.cleaned_data["number"], code):
            return HttpResponseRedirect(reverse("documents:public", args=[spaced_code(code)]))
        form.add_error(
            None, _("No document carries this number together with this code. Check both on the paper.")
        )
    return render(request, "documents/search.html", {"form": form})


def _find(request: HttpRequest, typed: str) -> PublicView | None:
    code = read_code(typed)
    found = queries.find_public(code) if code else None
    if found is None:
        count_turn(request, MISSES)
    return found


def _receive(request: HttpRequest) -> Upload:
    if request.method == "POST":
        given = request.FILES.get("copy")
        if given is None:
            raise files.FileRefused("empty", name=_("The copy"))
        return files.receive_uploaded(cast(Any, given), limit=COPY_LIMIT, kinds=("pdf",), to_keep=False)
    return files.receive_request(request, limit=COPY_LIMIT, kinds=("pdf",), to_keep=False)


def _refused(request: HttpRequest, view: PublicView, refused: files.FileRefused) -> HttpResponseBase:
    detail = f"{refused.sentence} {refused.advice}"
    if request.method == "PUT":
        return JsonResponse({"detail": detail}, status=refused.status)
    return render(request, "documents/public.html", {**_page(view), "refused": detail}, status=refused.status)


def _page(view: PublicView) -> dict[str, Any]:
    return {
        "view": view,
        "spaced": spaced_code(view.code),
        "light": _light(view),
        "facts": _facts(view),
        "end_class": _end_class(view),
    }


def _light(view: PublicView) -> Light:
    words = {
        "valid": Light("ok", _("Valid")),
        "revoked": Light("late", _("Revoked")),
        "replaced": Light("late", _("Replaced")),
        "altered": Light("late", _("Altered")),
        "missing": Light("warn", _("Cannot be checked now")),
    }
    return words[view.standing]


def _end_class(view: PublicView) -> str:
    chinese, english = END_CLASSES.get(view.end_class, ("", ""))
    return english if _english() else chinese


def _facts(view: PublicView) -> list[Fact]:
    english = _english()
    kind = view.kind_en if english and view.kind_en else view.kind
    found = [
        Fact(_("Document number"), view.number),
        Fact(_("Kind of document"), kind),
        Fact(_("Deciding organ"), view.organ),
        Fact(_("Issued on"), localdate(view.issued_at) if view.issued_at else ""),
        Fact(_("Addressee"), view.addressee),
        Fact(_("Seal"), view.seal or _("None: this kind of paper bears no seal")),
    ]
    return [
        *found,
        *(Fact(one.label_en if english and one.label_en else one.label, one.value) for one in view.facts),
    ]


def _verdict(check: CopyCheck) -> dict[str, Any]:
    """Give tone, title and sentence for what a copy turned out to be."""
    words: dict[str, tuple[str, str, str]] = {
        "identical": (
            "ok",
            _("The copy is identical"),
            _("Byte for byte the paper that was issued. Nothing was changed."),
        ),
        "other": (
            "warn",
            _("This is another paper"),
            _("It was issued here, but as %(number)s: check that one.") % {"number": check.other_number},
        ),
        "draft": (
            "late",
            _("This is an unsealed draft"),
            _("It was made here but never issued in this form. It is worth nothing."),
        ),
        "altered": (
            "late",
            _("The copy was altered"),
            _("It carries a seal, but its content was changed after sealing. Do not rely on it."),
        ),
        "appended": (
            "late",
            _("Something was added to the copy"),
            _("The sealed part is unchanged, but the file was extended later. Ask for the original."),
        ),
        "unknown": (
            "late",
            _("This is not the paper"),
            _("The file is not what was issued under this code. A scan also looks like this."),
        ),
    }
    tone, title, sentence = words[check.verdict]
    return {"tone": tone, "verdict_title": title, "verdict_sentence": sentence}


def _english() -> bool:
    return (get_language() or "").startswith("en")
