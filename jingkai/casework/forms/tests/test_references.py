"""How drawings name their forms."""

from __future__ import annotations

import pytest

from jingkai.casework.forms.data import FormRef
from jingkai.casework.forms.rules import local_name, parse_reference, pin_forms, unpin_forms

DRAWN = (
    '<a jk:form="form:request" name="form:request"/>'
    "<b jk:form='form:other'/>"
    '<c jk:form="approvals.accept"/>'
)


def test_published_versions_are_written_into_attributes_only() -> None:
    pinned = pin_forms(DRAWN, flow_key="leave", versions={"request": 3})
    assert 'jk:form="form:leave.request@3"' in pinned
    assert 'name="form:request"' in pinned
    assert "jk:form='form:other'" in pinned
    assert pin_forms(pinned, flow_key="leave", versions={"request": 4}).count("form:leave.request@4") == 1
    assert unpin_forms(pinned) == DRAWN


@pytest.mark.parametrize(
    ("text", "reference", "local"),
    [
        ("form:leave.request@3", FormRef("leave.request", 3), "request"),
        ("form:request", None, "request"),
        ("approvals.accept", None, ""),
        ("form:leave.request@0", None, ""),
        ("form:leave.request@99999999999", None, ""),
        ("", None, ""),
    ],
)
def test_references_are_read(text: str, reference: FormRef | None, local: str) -> None:
    assert parse_reference(text) == reference
    assert local_name(text) == local
