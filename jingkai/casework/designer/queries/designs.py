"""Reads: flows in the designer, what they may name, who may start them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jingkai.casework.designer import rules
from jingkai.casework.designer.data import Differences, Remark
from jingkai.casework.designer.models import Design, DesignState
from jingkai.casework.flow import api as flows
from jingkai.casework.inbox import api as inbox
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Role, Unit
from jingkai.kernel.permissions.data import Actor
from jingkai.kernel.rules.models import Rule

LIMIT = "limit"
"""The kind of rule that says how many days a matter may take."""


class NoSuchDesign(PersonFacingError):
    """The address names no flow of the designer."""

    status = 404
    sentence = _("There is no flow under this address.")
    advice = _("Look for it in the list of flows.")


class MayNotStart(PersonFacingError):
    """The flow is not there, not open, or not for this person: all look alike."""

    status = 404
    sentence = _("You can't start this matter.")
    advice = _("Choose one of those listed, or ask the administrator of flows who may start it.")


def get_design(uuid: UUID) -> Design:
    """Give a flow of the designer. Errors: NoSuchDesign."""
    found = Design.objects.select_related("published", "updated_by").filter(uuid=uuid).first()
    if found is None:
        raise NoSuchDesign
    return found


def list_designs() -> list[Design]:
    """Give all flows of the designer by name, without the drawings."""
    rows = Design.objects.select_related("published", "updated_by").defer("bpmn", "published__bpmn", "forms")
    return list(rows.order_by("name", "pk"))


def surroundings(key: str) -> rules.Surroundings:
    """Give what a flow may name outside itself, today."""
    units = Unit.objects.filter(party__active=True).values_list("code", flat=True)
    return rules.Surroundings(
        actions=flows.action_names(),
        decisions=flows.current_decisions(),
        flows={*flows.list_keys(), key},
        panels={panel.form for panel in inbox.task_panels.all()},
        units=set(units),
        roles=set(Role.objects.values_list("code", flat=True)),
        limits=set(list_limits().values_list("key", flat=True)),
    )


def list_limits() -> QuerySet[Rule]:
    """Give the limits that may run for a whole matter: those that all departments share."""
    return Rule.objects.filter(kind=LIMIT).exclude(key__contains="@").order_by("name")


def remarks_on(design: Design, *, bpmn: str | None = None) -> list[Remark]:
    """Give every remark about a draft, or about a drawing that is not saved yet."""
    drawing = design.bpmn if bpmn is None else bpmn
    return rules.check_design(drawing, design.forms, known=surroundings(design.key))


def find_state(design: Design, version: int) -> DesignState | None:
    """Give a saved state of a draft."""
    return DesignState.objects.filter(design=design, version=version).select_related("by").first()


def changes_since(design: Design, version: int) -> Differences:
    """Give what others changed in a draft since a state of it."""
    state = find_state(design, version)
    if state is None:
        return Differences()
    return rules.differences(state.bpmn, design.bpmn, old_forms=state.forms, new_forms=design.forms)


def list_startable(actor: Actor) -> list[Design]:
    """Give the flows that somebody may start now, by name."""
    rows = Design.objects.filter(_may_start(actor), published__isnull=False, is_open=True)
    return list(
        rows.select_related("published").defer("bpmn", "published__bpmn", "forms").order_by("name", "pk")
    )


def get_startable(key: str, actor: Actor) -> Design:
    """Give a flow that the actor may start. Errors: MayNotStart."""
    rows = Design.objects.filter(_may_start(actor), key=key, published__isnull=False, is_open=True)
    found = rows.select_related("published").defer("bpmn", "forms").first()
    if found is None:
        raise MayNotStart
    return found


def _may_start(actor: Actor) -> Q:
    """Everybody's, or one of the actor's units (or a unit above it), or a role on one of the posts."""
    if actor.kind != "staff" or actor.party_id is None:
        return Q(pk__in=())
    units = _units_with_parents(actor)
    roles = list(
        Role.objects.filter(posts__in=list(actor.post_ids)).values_list("code", flat=True).distinct()
    )
    return Q(everyone=True) | Q(start_units__overlap=units) | Q(start_roles__overlap=roles)


def _units_with_parents(actor: Actor) -> list[str]:
    """Climb from the actor's units to the top; one query, whatever the number of levels."""
    rows = Unit.objects.values_list("pk", "code", "parent_id")
    units = {pk: (code, parent) for pk, code, parent in rows}
    found: set[str] = set()
    waiting = list(actor.unit_ids)
    while waiting:
        code, parent = units.get(waiting.pop(), ("", None))
        if code and code not in found:
            found.add(code)
            waiting += [parent] if parent else []
    return sorted(found)
