"""What may be done how often: the list, and one number set anew."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.pace import operations, rules
from jingkai.kernel.pace.data import LONGEST_MINUTES, MOST, Allowance, Pace
from jingkai.kernel.permissions.api import Request, requires
from jingkai.kernel.submissions.api import held, once


class AllowanceForm(forms.Form):
    """How many times within how many minutes, and who said so."""

    most = forms.IntegerField(label=gettext_lazy("Times"), min_value=1, max_value=MOST)
    minutes = forms.IntegerField(label=gettext_lazy("Within minutes"), min_value=1, max_value=LONGEST_MINUTES)
    source = forms.CharField(
        label=gettext_lazy("Basis of the number"),
        max_length=200,
        help_text=gettext_lazy("The decision or rule book that says so."),
    )


@requires(rules.SET)
@require_safe
def listing(request: Request) -> HttpResponse:
    """List everything that is done only so often, with the numbers in force."""
    lines = [(pace, rules.allowance_at(pace, request.at)) for pace in rules.paces.all()]
    return render(request, "pace/list.html", {"lines": sorted(lines, key=lambda line: str(line[0].label))})


@requires(rules.SET)
@require_http_methods(["GET", "POST"])
@once
def edit(request: Request, code: str) -> HttpResponse:
    """Set how often one thing may be done; a change counts from today."""
    pace = _pace(code)
    present = rules.allowance_at(pace, request.at)
    initial = {"most": present.most, "minutes": present.minutes}
    form = AllowanceForm(request.POST or held(request) or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.set_allowance(
                pace=pace,
                allowance=Allowance(given["most"], given["minutes"]),
                source=given["source"],
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form.add_error(None, f"{error.sentence} {error.advice}")
        else:
            messages.success(request, _("The number counts from today, within ten seconds."))
            return redirect("pace:list")
    context = {"form": form, "pace": pace}
    return render(request, "pace/edit.html", context, status=422 if form.errors else 200)


def _pace(code: str) -> Pace:
    try:
        return rules.pace_of(code)
    except LookupError as error:
        raise Http404 from error
