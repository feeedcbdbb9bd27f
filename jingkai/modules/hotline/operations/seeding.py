"""What work orders stand on: their flow, their numbers, the zone's terms; safe to repeat."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from jingkai.casework.flow import api as flow
from jingkai.kernel.permissions.data import SYSTEM, Actor
from jingkai.kernel.rules.api import RuleSeed, seed_rules
from jingkai.modules.hotline.data import FLOW, SERIES, Terms
from jingkai.modules.hotline.rules import STANDARD, TERMS
from jingkai.records.numbering import api as numbering

FLOWS = Path(__file__).resolve().parents[1] / "flows"
SINCE = date(2021, 1, 1)


def seed_hotline(*, by: Actor, at: datetime) -> None:
    """Write down what the installation lacks; what a zone changed stays."""
    publish_flow(by=by, at=at)
    usual = Terms()
    seed = RuleSeed(
        kind=TERMS,
        key=STANDARD,
        name="12345 工单办理要求",
        name_en="Terms of 12345 work orders",
        value={"days": usual.days, "unit": usual.unit},
        starts_on=SINCE,
        source="本地 12345 热线工单办理规定",
        note="办理时限和牵头单位请按本地规定核实后确认。",
    )
    seed_rules([seed], by=by, at=at)


def ensure_flow(*, at: datetime) -> None:
    """Publish the flow where an installation does not have it yet."""
    if FLOW not in flow.list_keys():
        publish_flow(by=SYSTEM, at=at)


def publish_flow(*, by: Actor, at: datetime) -> None:
    """Publish the drawing that comes with this app, with the series of its cases' numbers."""
    numbering.seed_series(
        key=SERIES,
        name="12345 工单编号",
        name_en="Numbers: 12345 work orders",
        pattern="RX{year}-{n:05}",
        starts_on=SINCE,
        source="本区编号规则",
        by=by,
        at=at,
    )
    drawing = (FLOWS / f"{FLOW}.bpmn").read_bytes()
    flow.publish(key=FLOW, bpmn=drawing, name="12345 工单", name_en="12345 work order", by=by, at=at)
