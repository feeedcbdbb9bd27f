"""A published flow for tests of other apps: `leave` gives the leave request, ready to be started."""

from __future__ import annotations

from datetime import datetime

import pytest

from jingkai.casework.cases.testing import NOW
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.operations import create_design, publish_design
from jingkai.casework.designer.queries import find_template
from jingkai.kernel.permissions.data import SYSTEM


def publish_template(code: str, *, at: datetime = NOW) -> Design:
    """Make a flow of a template and publish it under the same key."""
    template = find_template(code)
    assert template is not None
    design = create_design(
        key=code,
        name=template.name,
        name_en=template.name_en,
        summary=template.summary,
        summary_en=template.summary_en,
        bpmn=template.bpmn,
        definitions=template.forms,
        by=SYSTEM,
        at=at,
    )
    publish_design(design=design, seen=design.version, by=SYSTEM, at=at)
    design.refresh_from_db()
    return design


@pytest.fixture
def leave(db: None, cast: object) -> Design:
    """The leave request, published."""
    return publish_template("leave")
