"""Reads: current versions, compiled flows and tables, what differs between two versions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from jingkai.casework.flow.data import Changes, Decision, Flow, compare
from jingkai.casework.flow.data.simulation import MOST_CASES, Arrivals, SimulationReport, Staff
from jingkai.casework.flow.models import DecisionVersion, FlowVersion
from jingkai.casework.flow.rules import Simulation, compile_bpmn, compile_dmn
from jingkai.kernel.calendar.api import Calendar
from jingkai.kernel.calendar.api import load as load_calendar
from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.hooks.data import PersonFacingError

COMPILED_KEPT = 256
"""Compiled flows kept per process; a version never changes, so none goes stale."""


class NoSuchFlow(PersonFacingError):
    """No flow is published under this key."""

    status = 404
    sentence = _("No flow is published under the key “%(key)s”.")
    advice = _("Ask the system administrator to publish it.")


class NoSuchDecision(PersonFacingError):
    """No decision table is published under this key."""

    status = 404
    sentence = _("No decision table is published under the key “%(key)s”.")
    advice = _("Ask the system administrator to publish it.")


def list_keys() -> frozenset[str]:
    """Give the keys under which flows are published."""
    return frozenset(FlowVersion.objects.values_list("key", flat=True).distinct())


def list_current() -> list[FlowVersion]:
    """Give the current version of every flow in the order of the keys, without the drawings."""
    rows = FlowVersion.objects.order_by("key", "-version").distinct("key").defer("bpmn")
    return list(rows.select_related("published_by"))


def list_versions(key: str) -> list[FlowVersion]:
    """Give all versions of a flow, newest first, without the drawings."""
    rows = FlowVersion.objects.filter(key=key).order_by("-version").defer("bpmn")
    return list(rows.select_related("published_by"))


def list_decisions() -> list[DecisionVersion]:
    """Give the current version of every decision table in the order of the keys, without the tables."""
    rows = DecisionVersion.objects.order_by("key", "-version").distinct("key").defer("dmn")
    return list(rows.select_related("published_by"))


def compare_versions(key: str, *, old: int, new: int) -> Changes:
    """Give what differs between two versions of a flow, node by node. Error: NoSuchFlow."""
    return compare(compiled(get_version(key, old)), compiled(get_version(key, new)))


def simulate(
    flow: Flow,
    *,
    cases: int,
    arrivals: Arrivals,
    staff: Staff,
    start: date,
    seed: int = 0,
    calendar: Calendar | None = None,
    tables: Mapping[str, Decision] | None = None,
) -> SimulationReport:
    """Run a compiled flow against a roster and show where the days go; the same seed gives the same run.

    Without a `calendar` that of the installation is taken. `tables` are the decision tables by key; steps of
    others decide nothing. Errors: TooLong, CalendarYearMissing, DecisionConflict.
    """
    run = Simulation(
        flow,
        staff=staff,
        arrivals=arrivals,
        calendar=calendar or load_calendar(),
        start=start,
        seed=seed,
        tables=tables,
    )
    return run.run(max(1, min(cases, MOST_CASES)))


def find_decision(key: str) -> DecisionVersion | None:
    """Give the current version of a decision table, if one is published."""
    return DecisionVersion.objects.filter(key=key).order_by("-version").first()


def get_decision(key: str, version: int) -> DecisionVersion:
    """Give one version of a decision table; raises `NoSuchDecision`."""
    found = DecisionVersion.objects.filter(key=key, version=version).first()
    if found is None:
        raise NoSuchDecision(key=f"{key}/{version}")
    return found


def decision_at(key: str, at: datetime) -> Decision:
    """Give the table that was in force at a moment, or the first one published after it.

    So a case is always decided by the table of the day on which it began. Error: NoSuchDecision.
    """
    rows = DecisionVersion.objects.filter(key=key)
    found = rows.filter(published_at__lte=at).order_by("-version").first() or rows.order_by("version").first()
    if found is None:
        raise NoSuchDecision(key=key)
    return compiled_decision(found)


def current_decisions() -> dict[str, Decision]:
    """Give the current decision tables by key, compiled."""
    rows = DecisionVersion.objects.order_by("key", "-version").distinct("key")
    return {row.key: compiled_decision(row) for row in rows}


def compiled_decision(version: DecisionVersion) -> Decision:
    """Give the compiled table of a version; compiled once per table and process."""
    found = _tables.get(version.digest)
    if found is None:
        if len(_tables) >= COMPILED_KEPT:
            _tables.pop(next(iter(_tables)))
        found = _tables[version.digest] = compile_dmn(version.dmn.encode())
    return found


_tables: dict[str, Decision] = {}


def find_current(key: str) -> FlowVersion | None:
    """Give the current version of a flow, if one is published."""
    return _CURRENT.first(key=key)


_CURRENT = Prepared(lambda s: FlowVersion.objects.filter(key=s.text("key")).order_by("-version")[:1])


def get_current(key: str) -> FlowVersion:
    """Give the current version of a flow; raises `NoSuchFlow`."""
    found = find_current(key)
    if found is None:
        raise NoSuchFlow(key=key)
    return found


def get_version(key: str, version: int) -> FlowVersion:
    """Give one version of a flow; raises `NoSuchFlow`."""
    found = FlowVersion.objects.filter(key=key, version=version).first()
    if found is None:
        raise NoSuchFlow(key=f"{key}/{version}")
    return found


def get_versions(key: str, versions: Collection[int], *, drawn: bool = False) -> dict[int, FlowVersion]:
    """Give some versions of a flow by their numbers, the drawings only where asked for. One query.

    Errors: NoSuchFlow.
    """
    rows = FlowVersion.objects.filter(key=key, version__in=versions)
    found = {row.version: row for row in (rows if drawn else rows.defer("bpmn"))}
    for missing in set(versions) - found.keys():
        raise NoSuchFlow(key=f"{key}/{missing}")
    return found


def compiled(version: FlowVersion) -> Flow:
    """Give the compiled flow of a version; compiled once per drawing and process."""
    found = _kept.get(version.digest)
    return found if found is not None else _compile(version.digest, version.bpmn)


def compiled_by_id(flow_version_id: int, digest: str) -> Flow:
    """Give a compiled flow without loading its drawing when this process has compiled it before."""
    found = _kept.get(digest)
    return found if found is not None else compiled(FlowVersion.objects.get(pk=flow_version_id))


_kept: dict[str, Flow] = {}


def _compile(digest: str, bpmn: str) -> Flow:
    flow = compile_bpmn(bpmn.encode())
    if len(_kept) >= COMPILED_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[digest] = flow
    return flow
