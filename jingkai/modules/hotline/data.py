"""Words of 12345 work orders: plain data, no database."""

from __future__ import annotations

from dataclasses import dataclass

KIND = "hotline"
"""The kind of case that a work order opens."""
FLOW = "work-order"
CLOCK = "work_order"
SERIES = "hotline.work_order"

RECEIVED, PROGRESS, ANSWER = "hotline.work_order", "hotline.progress", "hotline.answer"
"""Kinds of exchange with the line: in, and twice out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The zone's terms of work orders, from an effective-dated rule.

    `unit` is the code of the unit whose head receives them and may hand them over to whoever answers.
    """

    rule_id: int | None = None
    days: int = 5
    unit: str = "approval"
