"""Saving drafts: hostile files, stale saves, merges, keys."""

from __future__ import annotations

from typing import Any

import pytest

from jingkai.casework.cases.testing import NOW
from jingkai.casework.designer.models import Design, DesignState
from jingkai.casework.designer.operations import (
    CannotKeep,
    KeyTaken,
    NoPicture,
    StaleDesign,
    adopt_flow,
    create_design,
    save_drawing,
    save_form,
)
from jingkai.casework.designer.queries import find_template
from jingkai.casework.flow.api import BadFlowKey, publish
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db

ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    '<process id="p" name="&b;"/></definitions>'
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
    '<process id="p" name="&a;"/></definitions>'
)
MANY = bpmn("many", "\n".join(f"t{n} > t{n + 1}" for n in range(5000))).decode()


def drawing() -> str:
    """The drawing of the leave request."""
    template = find_template("leave")
    assert template is not None
    return template.bpmn


def make(**more: Any) -> Design:
    """A draft of the leave request."""
    template = find_template("leave")
    assert template is not None
    facts: dict[str, Any] = {
        "key": "leave",
        "name": "请假",
        "name_en": "Leave",
        "bpmn": template.bpmn,
        "definitions": template.forms,
        **more,
    }
    return create_design(**facts, by=SYSTEM, at=NOW)


@pytest.mark.parametrize(
    "file", [ENTITY, OUTSIDE, MANY, "<not", "", "<html/>", "x" * 2_000_001, "\x00"], ids=range(8)
)
def test_hostile_files_are_not_even_kept(file: str) -> None:
    with pytest.raises(CannotKeep):
        make(bpmn=file)
    design = make()
    with pytest.raises(CannotKeep) as refused:
        save_drawing(design=design, bpmn=file, seen=1, by=SYSTEM, at=NOW)
    assert refused.value.remarks[0].message
    design.refresh_from_db()
    assert design.bpmn == drawing()


def test_a_drawing_without_a_picture_is_refused() -> None:
    with pytest.raises(NoPicture):
        make(bpmn=bpmn("p", "start > a > end").decode())


def test_keys_are_checked_and_unique() -> None:
    with pytest.raises(BadFlowKey):
        make(key="Bad Key")
    make()
    with pytest.raises(KeyTaken):
        make()
    publish(key="other", bpmn=bpmn("p", "start > a > end"), by=SYSTEM, at=NOW)
    with pytest.raises(KeyTaken):
        make(key="other")


def test_a_stale_save_is_told_what_changed_and_loses_nothing() -> None:
    design = make()
    theirs = drawing().replace("部门负责人审批", "科室负责人审批")
    save_drawing(design=design, bpmn=theirs, seen=1, by=SYSTEM, at=NOW)
    mine = drawing().replace("分管领导审批", "主任审批")
    with pytest.raises(StaleDesign) as told:
        save_drawing(design=design, bpmn=mine, seen=1, by=SYSTEM, at=NOW)
    (change,) = told.value.changes.elements
    assert (change.element, change.name, change.what) == ("head", "科室负责人审批", ("name",))
    save_drawing(design=design, bpmn=mine, seen=told.value.version, by=SYSTEM, at=NOW)
    kept = DesignState.objects.order_by("version").values_list("bpmn", flat=True)
    assert list(kept) == [drawing(), theirs, mine]


def test_changes_in_other_parts_are_merged() -> None:
    design = make()
    form = {**design.forms["request"], "name": "新请假单"}
    save_form(design=design, name="request", definition=form, seen=1, by=SYSTEM, at=NOW)
    saved = save_drawing(
        design=design, bpmn=drawing().replace("分管领导审批", "主任审批"), seen=1, by=SYSTEM, at=NOW
    )
    assert saved.forms["request"]["name"] == "新请假单"
    assert "主任审批" in saved.bpmn
    with pytest.raises(StaleDesign):
        save_form(design=design, name="request", definition={"name": "x"}, seen=1, by=SYSTEM, at=NOW)


def test_saving_the_same_again_changes_nothing() -> None:
    design = make()
    assert save_drawing(design=design, bpmn=drawing(), seen=1, by=SYSTEM, at=NOW).version == 1
    assert [entry.action for entry in entries_of(design)] == ["design.created"]


def test_a_flow_of_a_module_is_taken_in_and_not_offered_to_staff() -> None:
    publish(key="module", bpmn=drawing(), by=SYSTEM, at=NOW)
    design = adopt_flow(key="module", by=SYSTEM, at=NOW)
    assert design.published is not None
    assert not design.is_open
