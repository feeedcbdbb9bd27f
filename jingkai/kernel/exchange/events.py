"""What happened at the door, told to the apps above by ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WebhookDisabled:
    """A webhook was switched off because nobody has answered there for days."""

    webhook_id: int


@dataclass(frozen=True)
class ExchangeNeedsHand:
    """Something that should have gone out cannot go by itself: a person copies it over or looks why."""

    exchange_id: int


@dataclass(frozen=True)
class WorkOrderReceived:
    """A 12345 work order came in, by call or by poll."""

    exchange_id: int
