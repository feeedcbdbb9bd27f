"""Events and handlers of these tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.contrib.auth.models import Group

seen: list[object] = []


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class ThingMade:
    thing_id: int


@dataclass(frozen=True)
class Everything:
    number: int
    key: UUID
    day: date
    moment: datetime
    area: Decimal
    colour: Colour
    ids: tuple[int, ...]
    maybe: UUID | None
    flag: bool = False


def on_thing_made(event: ThingMade) -> None:
    seen.append(event)


def on_thing_made_too(event: ThingMade) -> None:
    Group.objects.get_or_create(name=f"thing {event.thing_id}")


def on_thing_made_badly(event: ThingMade) -> None:
    Group.objects.create(name="half done")
    raise ValueError(f"cannot react to {event.thing_id}")


def on_everything(event: Everything) -> None:
    seen.append(event)
