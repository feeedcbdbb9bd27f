"""Publishing: forms and drawing together, everything wrong refused in words, pinned versions."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from jingkai.casework.cases.testing import NOW
from jingkai.casework.designer.models import Design
from jingkai.casework.designer.operations import (
    DesignRefused,
    NoSuchTemplate,
    StaleDesign,
    offer_template,
    publish_design,
    save_drawing,
    save_form,
)
from jingkai.casework.designer.queries import list_templates
from jingkai.casework.designer.testing import publish_template
from jingkai.casework.designer.tests.test_drawing import drawing, make
from jingkai.casework.flow.api import compiled
from jingkai.casework.forms.models import FormVersion
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


def published(design: Design) -> int:
    """Publish the draft as it stands and give the version."""
    design.refresh_from_db()
    return publish_design(design=design, seen=design.version, by=SYSTEM, at=NOW).version


@pytest.mark.parametrize("code", [one.code for one in list_templates()])
def test_every_template_can_be_published(code: str, cast: Any) -> None:
    design = publish_template(code)
    assert design.published is not None
    assert any(node.form == f"form:{code}.request@1" for node in compiled(design.published).user_tasks())


def test_the_drawing_pins_the_version_of_its_forms(cast: Any) -> None:
    design = make()
    assert published(design) == 1
    assert published(design) == 1
    form = copy.deepcopy(design.forms["request"])
    form["fields"][0]["label"] = "类别"
    save_form(design=design, name="request", definition=form, seen=design.version, by=SYSTEM, at=NOW)
    assert published(design) == 2
    design.refresh_from_db()
    assert design.published is not None
    assert "form:leave.request@2" in design.published.bpmn
    assert "form:leave" not in design.bpmn
    assert list(FormVersion.objects.values_list("version", flat=True).order_by("version")) == [1, 2]


def changed(**more: Any) -> dict[str, Any]:
    """The leave form with something else in it."""
    form = copy.deepcopy(make_forms()["request"])
    form.update(more)
    return form


def make_forms() -> dict[str, Any]:
    """The forms of the leave request."""
    found = next(one for one in list_templates() if one.code == "leave")
    return dict(found.forms)


FIELD = {"name": "days", "kind": "text", "label": "重名"}


@pytest.mark.parametrize(
    ("forms", "bpmn", "said"),
    [
        ({"request": changed(fields=[*make_forms()["request"]["fields"], FIELD])}, None, "days"),
        ({"request": make_forms()["request"], "more": {"name": "x", "fields": [FIELD]}}, None, "days"),
        ({"request": changed(rights={"ghost": "write"})}, None, "ghost"),
        ({"request": changed(rights={})}, None, "没有环节可以填写"),
        ({}, None, "request"),
        (None, lambda text: text.replace("role:leader", "role:ghost"), "ghost"),
        (None, lambda text: text.replace('pool="${head}"', 'pool="unit:ghost"'), "ghost"),
        (None, lambda text: text.replace("days:number", "days:text"), "days"),
        (None, lambda text: text.replace("days &gt; 3", "dayz &gt; 3"), "dayz"),
        (None, lambda text: text.replace("form:request", "no.such"), "no.such"),
    ],
)
def test_what_is_wrong_is_refused_in_words(forms: Any, bpmn: Any, said: str, cast: Any) -> None:
    text = drawing()
    design = make(
        **({"definitions": forms} if forms is not None else {}), **({"bpmn": bpmn(text)} if bpmn else {})
    )
    with pytest.raises(DesignRefused) as refused:
        publish_design(design=design, seen=1, by=SYSTEM, at=NOW)
    assert any(said in one.message for one in refused.value.remarks)
    assert not FormVersion.objects.exists()


def test_what_was_not_looked_at_is_not_published(cast: Any) -> None:
    design = make()
    save_drawing(design=design, bpmn=drawing().replace("同意", "准"), seen=1, by=SYSTEM, at=NOW)
    with pytest.raises(StaleDesign):
        publish_design(design=design, seen=1, by=SYSTEM, at=NOW)


def test_a_shipped_flow_is_offered_once_and_left_alone_afterwards(cast: Any) -> None:
    design = offer_template(code="seal", by=SYSTEM, at=NOW)
    assert design.published is not None
    save_drawing(design=design, bpmn=design.bpmn.replace("用印登记", "盖章登记"), seen=1, by=SYSTEM, at=NOW)
    again = offer_template(code="seal", by=SYSTEM, at=NOW)
    assert (again.pk, "盖章登记" in again.bpmn) == (design.pk, True)
    assert again.published_id == design.published_id
    with pytest.raises(NoSuchTemplate):
        offer_template(code="nothing", by=SYSTEM, at=NOW)
