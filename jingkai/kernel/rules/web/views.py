"""The editor of rules for the system administrator: kinds, rules, history, new versions, void, verified."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import NotPermitted, Request, may, requires
from jingkai.kernel.rules import operations, queries
from jingkai.kernel.rules.data import RuleKind
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.rules.rules import MANAGE, kinds
from jingkai.kernel.rules.web import forms, shown
from jingkai.kernel.submissions.api import held, once


@requires(MANAGE)
@require_GET
def kinds_page(request: Request) -> HttpResponse:
    """List the kinds of rule."""
    numbers = queries.count_by_kind(on=timezone.localdate(request.at))
    rows = [(kind, *numbers.get(kind.code, (0, 0))) for kind in kinds.all()]
    return render(request, "rules/kinds.html", {"table": shown.kinds_table(rows)})


@requires(MANAGE)
@require_GET
def kind_page(request: Request, kind: str) -> HttpResponse:
    """List the rules of a kind with what they say today."""
    found = _kind(kind)
    rules = queries.list_histories(kind)
    context = {
        "kind": found,
        "table": shown.rules_table(found, rules, timezone.localdate(request.at)),
        "may_add": _may_change(request, found) and (not found.keys or len(rules) < len(found.keys)),
    }
    return render(request, "rules/kind.html", context)


@requires(MANAGE)
@require_GET
def rule_page(request: Request, uuid: UUID) -> HttpResponse:
    """Show what a rule said, says and will say."""
    rule, today = get_object_or_404(Rule, uuid=uuid), timezone.localdate(request.at)
    kind = _kind(rule.kind)
    versions = [
        (version, shown.standing(version, today), shown.verified(version), shown.facts(kind, version.value))
        for version in queries.list_versions(rule=rule)
    ]
    context = {"rule": rule, "kind": kind, "versions": versions, "may_change": _may_change(request, kind)}
    return render(request, "rules/rule.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def new_rule(request: Request, kind: str) -> HttpResponse:
    """Write down a rule that does not exist yet."""
    found = _changeable(request, kind)
    taken = {rule.key for rule in queries.list_histories(kind)}
    keys = tuple(key for key in found.keys if key not in taken)
    if found.keys and not keys:
        raise Http404
    data = request.POST or held(request) or None
    form = forms.NewRuleForm(found, data, keys=keys, value=found.example)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            version = operations.add_rule(
                kind=kind,
                key=given["key"],
                name=given["name"],
                name_en=given["name_en"],
                draft=form.draft(),
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            _refuse(form, error)
        else:
            return redirect("rules:rule", version.rule.uuid)
    return render(request, "rules/edit.html", {"form": form, "kind": found})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def new_version(request: Request, uuid: UUID) -> HttpResponse:
    """Let a rule say something else from a day on."""
    rule = get_object_or_404(Rule, uuid=uuid)
    kind, data = _changeable(request, rule.kind), request.POST or held(request) or None
    last = queries.find_last(rule=rule)
    start = (
        {"seen_version": rule.version, "source": last.source, "article": last.source_article} if last else {}
    )
    form = forms.VersionForm(kind, data, initial=start, value=last.value if last else kind.example)
    if request.method == "POST" and form.is_valid():
        try:
            operations.add_version(
                rule_id=rule.pk,
                draft=form.draft(),
                seen_version=form.cleaned_data["seen_version"] or 0,
                by=request.actor,
                at=request.at,
            )
        except PersonFacingError as error:
            form = _renewed(kind, request.POST, rule.version)
            _refuse(form, error)
        else:
            messages.success(request, _("The new version was written down; the ones before it are kept."))
            return redirect("rules:rule", rule.uuid)
    return render(request, "rules/edit.html", {"form": form, "kind": kind, "rule": rule})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
@once
def void(request: Request, uuid: UUID) -> HttpResponse:
    """Declare a version void, with a reason."""
    version = get_object_or_404(RuleVersion.objects.select_related("rule"), uuid=uuid)
    _changeable(request, version.rule.kind)
    form = forms.VoidForm(request.POST or held(request) or None)
    if request.method == "POST" and form.is_valid():
        operations.void_version(
            version_id=version.pk, reason=form.cleaned_data["reason"], by=request.actor, at=request.at
        )
        messages.success(request, _("The version is void."))
        return redirect("rules:rule", version.rule.uuid)
    return render(request, "rules/void.html", {"form": form, "rule": version.rule})


@requires(MANAGE)
@require_POST
@once
def confirm(request: Request, uuid: UUID) -> HttpResponse:
    """Note that a version was compared with the text of the law."""
    version = get_object_or_404(RuleVersion.objects.select_related("rule"), uuid=uuid)
    _changeable(request, version.rule.kind)
    operations.confirm_version(version_id=version.pk, by=request.actor, at=request.at)
    messages.success(request, _("The version is marked as verified."))
    return redirect("rules:rule", version.rule.uuid)


def _kind(code: str) -> RuleKind:
    found = kinds.get(code)
    if found is None:
        raise Http404
    return found


def _may_change(request: Request, kind: RuleKind) -> bool:
    return not kind.keeper or may(request.actor, kind.keeper)


def _changeable(request: Request, code: str) -> RuleKind:
    """Give a kind that this person may change; whoever keeps another's kind only reads it."""
    found = _kind(code)
    if not _may_change(request, found):
        raise NotPermitted
    return found


def _refuse(form: Form, error: PersonFacingError) -> None:
    """Say on the form why it was refused; what was typed stays."""
    faults = getattr(error, "faults", None) or [f"{error} {error.advice}".strip()]
    for fault in faults:
        form.add_error(None, fault)


def _renewed(kind: RuleKind, typed: QueryDict, seen_version: int) -> forms.VersionForm:
    """Draw the form again with what was typed and the version as it is now."""
    data = typed.copy()
    data["seen_version"] = str(seen_version)
    again = forms.VersionForm(kind, data)
    again.is_valid()
    return again
