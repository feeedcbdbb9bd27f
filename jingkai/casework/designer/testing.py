"""A published flow for tests of other apps: `leave` gives the leave request, ready to be started."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from jingkai.casework.cases.models import Case
from jingkai.casework.cases.testing import NOW
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.operations import offer_template, start_matter
from jingkai.casework.forms.api import begin_sheet, find_version
from jingkai.casework.forms.data import Value
from jingkai.kernel.permissions.data import SYSTEM


def publish_template(code: str, *, at: datetime = NOW) -> Design:
    """Make a flow of a template and publish it under the same key."""
    return offer_template(code=code, by=SYSTEM, at=at)


def start_leave(cast: Any, *, at: datetime = NOW) -> Case:
    """Let an officer ask for five days of leave; the request lies with the head of the unit."""
    key = "leave"
    version = find_version("form:leave.request@1")
    assert version is not None
    officer = cast.officer_fire
    answers: dict[str, Value] = {
        "kind": "annual",
        "period": (date(2026, 3, 9), date(2026, 3, 13)),
        "days": Decimal(5),
        "reason": "家里有事",
        "away": False,
        "phone": "13800001111",
        "head": cast.person("head_fire").pk,
    }
    return start_matter(
        key=key,
        sheet=begin_sheet(version=version, by=officer, at=at),
        answers=answers,
        outcome="submit",
        opinion="",
        by=officer,
        at=at,
    )


@pytest.fixture
def leave(db: None, cast: object) -> Design:
    """The leave request, published."""
    return publish_template("leave")
