"""The public search, and the editor of everyday words."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jingkai.kernel.permissions.api import Request, public, requires
from jingkai.kernel.search import operations
from jingkai.kernel.search.data import Found
from jingkai.kernel.search.models import SearchSynonym
from jingkai.kernel.search.queries import find, suggest
from jingkai.kernel.search.rules import MANAGE_WORDS
from jingkai.kernel.search.rules.words import LONGEST_QUERY
from jingkai.kernel.submissions.api import once
from jingkai.ui.data import Pager, Tab

PAGE = 20
LAST_PAGE = 25


@public
@require_safe
def search(request: Request) -> HttpResponse:
    """Show what is found; officers also find what is not public."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    kind, page = request.GET.get("kind", "")[:64].replace("\x00", ""), _page(request)
    public_only = request.actor.kind != "staff"
    found = find(
        query, public_only=public_only, limit=PAGE, offset=(page - 1) * PAGE, kinds=[kind] if kind else None
    )
    context = {
        "query": query,
        "found": found,
        "tabs": _tabs(query, kind, found),
        "pager": _pager(query, kind, page, found),
        "kind_names": {one.code: one.label for one in operations.kinds.all()},
        "is_staff": not public_only,
    }
    return render(request, "search/results.html", context)


def _page(request: Request) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 4 else 1


def _tabs(query: str, kind: str, found: Found) -> list[Tab]:
    """Offer the kinds among what was found; with one kind chosen, all again."""
    here = reverse("search")
    tabs = [Tab(_("All"), f"{here}?{urlencode({'q': query})}", current=not kind)]
    for one in operations.kinds.all():
        if one.code == kind or (not kind and one.code in found.kinds):
            url = f"{here}?{urlencode({'q': query, 'kind': one.code})}"
            tabs.append(Tab(str(one.label), url, current=one.code == kind))
    return tabs if len(tabs) > 2 or kind else []


def _pager(query: str, kind: str, page: int, found: Found) -> Pager | None:
    def url(number: int) -> str:
        return f"?{urlencode({'q': query, 'kind': kind, 'page': number})}"

    has_more = found.count > page * PAGE and page < LAST_PAGE
    if page == 1 and not has_more:
        return None
    return Pager(
        newer_url=url(page - 1) if page > 1 else "",
        older_url=url(page + 1) if has_more else "",
        text=_("page %(number)s") % {"number": page},
    )


@public
@require_safe
def suggestions(request: Request) -> HttpResponse:
    """Give the titles that begin as somebody is typing: as options for a page, else as JSON."""
    text = request.GET.get("q", "").replace("\x00", "")
    titles = suggest(text, public_only=request.actor.kind != "staff")
    if request.headers.get("HX-Request"):
        options = format_html_join("", '<option value="{}"></option>', ((one,) for one in titles))
        return HttpResponse(options)
    return JsonResponse({"titles": titles})


class WordForm(forms.Form):
    """An everyday word and the official one."""

    word = forms.CharField(label=gettext_lazy("Everyday word"), max_length=60)
    official = forms.CharField(label=gettext_lazy("Official word"), max_length=60)


@requires(MANAGE_WORDS)
@require_safe
def words(request: Request) -> HttpResponse:
    """List the everyday words."""
    return _words_page(request, WordForm())


def _words_page(request: Request, form: WordForm, status: int = 200) -> HttpResponse:
    rows = list(SearchSynonym.objects.order_by("word"))
    return render(request, "search/words.html", {"rows": rows, "form": form}, status=status)


@requires(MANAGE_WORDS)
@require_POST
@once
def add_word(request: Request) -> HttpResponse:
    """Add an everyday word."""
    form = WordForm(request.POST)
    if not form.is_valid():
        return _words_page(request, form, 422)
    try:
        operations.add_synonym(**form.cleaned_data, by=request.actor, at=request.at)
    except operations.WordTaken as error:
        form.add_error("word", f"{error.sentence} {error.advice}")
        return _words_page(request, form, 422)
    messages.success(request, _("The word was added."))
    return redirect("search_words")


@requires(MANAGE_WORDS)
@require_POST
@once
def remove_word(request: Request, uuid: UUID) -> HttpResponse:
    """Remove an everyday word."""
    row = get_object_or_404(SearchSynonym, uuid=uuid)
    operations.remove_synonym(row, by=request.actor, at=request.at)
    messages.success(request, _("The word was removed."))
    return redirect("search_words")
