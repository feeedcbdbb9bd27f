"""What every editor of the organisation does with its form."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.kernel.permissions.api import Request
from jingkai.ui.data import Fact


def edit(
    request: Request,
    form: Any,
    *,
    save: Callable[[], str],
    page: dict[str, Any],
    present: Sequence[Fact] = (),
    version: Callable[[], int] | None = None,
    template: str = "organisation/form.html",
) -> HttpResponse:
    """Show a form, or save it and go on to the address that `save` gives.

    A refusal stands in the form in words. A form opened before the last change shows the present values
    beside what was typed, and can be saved over them.
    """
    stale = None
    if request.method == "POST" and form.is_valid():
        try:
            target = save()
        except ChangedMeanwhile as error:
            stale = error
            if version is not None:
                typed = request.POST.copy()
                typed["version"] = str(version())
                form.data = typed
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}".strip())
        else:
            messages.success(request, _("Saved."))
            return redirect(target)
    wrong = bool(form.errors) if isinstance(form, Form) else False
    context = {"form": form, "stale": stale, "present": present, "action": _("Save"), **page}
    return render(request, template, context, status=422 if wrong or stale else 200)


def confirm(request: Request, *, act: Callable[[], object], page: dict[str, Any]) -> HttpResponse:
    """Ask first; then act and go back."""
    if request.method == "POST":
        act()
        return redirect(page["back_url"])
    return render(request, "organisation/confirm.html", page)
