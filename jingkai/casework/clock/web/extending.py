"""Entering an extension: by whom it was approved, how long, and the reason that the applicant is told."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jingkai.casework.clock import operations, queries
from jingkai.casework.clock.models import Clock
from jingkai.casework.clock.rules.permissions import EXTEND
from jingkai.casework.clock.rules.subjects import may_see_clock, subjects_of
from jingkai.casework.clock.web.forms import ExtensionForm
from jingkai.kernel.hooks.api import local
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.rules.api import cited
from jingkai.kernel.submissions.api import held, once
from jingkai.ui.data import Fact
from jingkai.ui.words import day


@requires(EXTEND)
@require_http_methods(["GET", "POST"])
@once
def extend(request: Request, uuid: UUID) -> HttpResponse:
    """Enter the extension of a limit; what the law does not allow is refused in words."""
    clock = Clock.objects.filter(uuid=uuid).first()
    if clock is None or not may_see_clock(request.actor, clock.pk):
        raise Http404
    subject = subjects_of([clock.pk]).get(clock.pk)
    back = (subject.staff_url or subject.url) if subject else "/"
    form = ExtensionForm(
        request.POST or held(request) or None, initial={"approver": clock.limit["extend_by"]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            moved = operations.extend_clock(clock=clock, by=request.actor, at=request.at, **form.cleaned_data)
        except PersonFacingError as error:
            form.add_error(None, f"{error} {error.advice}")
        else:
            said = _("The limit was extended; it is now due on %(day)s. The applicant is told why.")
            messages.success(request, said % {"day": day(moved.due_on)})
            return redirect(back)
    context = {"form": form, "clock": clock, "subject": subject, "back": back, "facts": _facts(clock)}
    return render(request, "clock/extend.html", context)


def _facts(clock: Clock) -> list[Fact]:
    limit = clock.limit_value
    allowed = queries.limit_words(limit.extend_max, limit.unit) if limit.extend_max else _("not at all")
    return [
        Fact(_("Limit"), local(clock, "label")),
        Fact(_("Due day"), clock.due_on),
        Fact(_("May be extended by"), allowed),
        Fact(_("Basis in law"), cited(limit.source, limit.article)),
    ]
