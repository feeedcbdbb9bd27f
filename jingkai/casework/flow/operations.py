"""Writes: publish a flow, open its drawing to the public; and the actions that service tasks may call."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow import queries, rules
from jingkai.casework.flow.data import ActionCall
from jingkai.casework.flow.events import DecisionPublished, FlowPublished
from jingkai.casework.flow.models import DecisionVersion, FlowVersion
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import api as events
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

Action = Callable[[ActionCall], Mapping[str, Any] | None]

_actions: dict[str, Action] = {}


class UnknownAction(LookupError):
    """A service task names an action that no app registered: a fault of the program."""


class BadFlowKey(PersonFacingError):
    """A flow's key ends up in addresses and settings."""

    status = 422
    sentence = _("“%(key)s” is not usable as the key of a flow or table.")
    advice = _("Use small Latin letters, digits and hyphens, at most 80, beginning with a letter.")


def register_action(name: str, action: Action) -> None:
    """Let service tasks call `action` by a name such as `approvals.issue_notice`; called while starting.

    It runs inside the step's transaction, gets an `ActionCall`, and may return case variables to set.
    """
    known = _actions.setdefault(name, action)
    if known is not action:
        raise ValueError(f"the action {name} is registered twice")


def action_names() -> frozenset[str]:
    """Give the names of all registered actions."""
    return frozenset(_actions)


def run_action(name: str, call: ActionCall) -> Mapping[str, Any]:
    """Run a registered action and give the variables that it sets."""
    if name not in _actions:
        raise UnknownAction(name)
    return _actions[name](call) or {}


@transaction.atomic
def publish(
    *,
    key: str,
    bpmn: bytes | str,
    name: str = "",
    name_en: str = "",
    by: Actor,
    at: datetime,
    public: bool = False,
) -> FlowVersion:
    """Publish a drawing as the next version of a flow; running cases keep theirs.

    Publishing the very drawing that is current already changes nothing and returns it. Raises `FlowRefused`
    with every fault of a faulty drawing.
    """
    raw = bpmn.encode() if isinstance(bpmn, str) else bpmn
    compiled = rules.compile_bpmn(
        raw, actions=action_names(), decisions=queries.current_decisions(), flows=queries.list_keys()
    )
    if not rules.is_key(key):
        raise BadFlowKey(key=key)
    _lock_key(key)
    current = queries.find_current(key)
    digest = hashlib.sha256(raw).hexdigest()
    if current is not None and current.digest == digest:
        return current
    version = FlowVersion.objects.create(
        key=key,
        version=current.version + 1 if current else 1,
        name=name or compiled.name,
        name_en=name_en or compiled.name_en,
        bpmn=raw.decode(),
        digest=digest,
        public=public,
        published_by_id=by.party_id,
        published_at=at,
    )
    facts = {"key": key, "version": version.version, "digest": digest}
    audit.record(version, action="flow.published", by=by, at=at, facts=facts)
    events.publish(FlowPublished(flow_version_id=version.pk))
    return version


@transaction.atomic
def publish_decision(
    *, key: str, dmn: bytes | str, by: Actor, at: datetime, name: str = "", name_en: str = ""
) -> DecisionVersion:
    """Publish a decision table as its next version; cases that have begun keep the one they began with.

    Publishing the very table that is current already changes nothing. Raises `DecisionRefused` with every
    fault of a faulty table.
    """
    raw = dmn.encode() if isinstance(dmn, str) else dmn
    compiled = rules.compile_dmn(raw)
    if not rules.is_key(key):
        raise BadFlowKey(key=key)
    _lock_key(key)
    current = queries.find_decision(key)
    digest = hashlib.sha256(raw).hexdigest()
    if current is not None and current.digest == digest:
        return current
    version = DecisionVersion.objects.create(
        key=key,
        version=current.version + 1 if current else 1,
        name=name or compiled.name or key,
        name_en=name_en or compiled.name or key,
        dmn=raw.decode(),
        digest=digest,
        published_by_id=by.party_id,
        published_at=at,
    )
    facts = {"key": key, "version": version.version, "digest": digest}
    audit.record(version, action="decision.published", by=by, at=at, facts=facts)
    events.publish(DecisionPublished(decision_version_id=version.pk))
    return version


@transaction.atomic
def set_public(*, version: FlowVersion, public: bool, by: Actor, at: datetime) -> None:
    """Open a drawing to readers without an account, or close it again."""
    if FlowVersion.objects.filter(pk=version.pk, public=not public).update(public=public):
        audit.record(version, action="flow.opened" if public else "flow.closed", by=by, at=at)
    version.public = public


def _lock_key(key: str) -> None:
    """Let one publication of a key pass at a time, so that version numbers have no race."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 4706))", [f"flow:{key}"])
