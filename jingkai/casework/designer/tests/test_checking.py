"""What keeps a flow with its forms from being published: names that clash, and names of nothing."""

from __future__ import annotations

from typing import Any

import pytest

from jingkai.casework.designer.rules.checking import Surroundings, check_design, refusals
from jingkai.casework.flow.testing import bpmn

KNOWN = Surroundings(actions=(), decisions={}, flows=(), panels=("panel",), units=("fire",), roles=("head",))
FLOW = "start > a > b > end\na: form=form:one outcomes=done\nb: form=form:two outcomes=done"


def form(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    named = [{"label": "字段", "label_en": "Field", "kind": "text", **one} for one in fields]
    return {"name": "表", "name_en": "Form", "fields": named, "rights": {"a": "write", "b": "write"}, **more}


def remarks(text: str, forms: dict[str, Any], variables: str = "") -> list[tuple[str, str, str]]:
    found = check_design(bpmn("p", text, variables=variables).decode(), forms, known=KNOWN)
    return [(one.element, one.form, one.field) for one in found if one.level == "fault"]


def test_two_sound_forms_pass() -> None:
    assert remarks(FLOW, {"one": form({"name": "x"}), "two": form({"name": "y"})}) == []
    assert remarks(FLOW, {"one": form({"name": "x"}), "two": form({"name": "x"})}) == []


def test_one_name_for_two_kinds_of_answer_is_refused_at_the_second_form() -> None:
    forms = {"one": form({"name": "days"}), "two": form({"name": "days", "kind": "number"})}
    assert remarks(FLOW, forms) == [("", "two", "days")]


def test_a_field_that_cannot_fill_its_variable_is_refused() -> None:
    forms = {"one": form({"name": "days"}), "two": form({"name": "y"})}
    assert remarks(FLOW, forms, "days:number") == [("", "one", "days")]


@pytest.mark.parametrize(
    ("text", "element"),
    [
        (FLOW.replace("form:two", "form:ghost"), "b"),
        (FLOW.replace("form:two", "ghostpanel"), "b"),
        (FLOW + "\na: pool=ghost", "a"),
        (FLOW + "\na: pool=role:ghost", "a"),
        (FLOW + "\na: pool=role:head@ghost", "a"),
        (FLOW + "\na: timeout='1d transfer:ghost'", "a"),
    ],
)
def test_forms_units_and_roles_that_do_not_exist_are_refused_at_the_step(text: str, element: str) -> None:
    found = remarks(text, {"one": form({"name": "x"}), "two": form({"name": "y"})})
    assert element in {where for where, _form, _field in found}


def test_a_form_may_not_speak_of_steps_that_are_gone() -> None:
    forms = {"one": form({"name": "x"}, rights={"a": "write", "ghost": "write"}), "two": form({"name": "y"})}
    assert remarks(FLOW, forms) == [("", "one", "")]


def test_hostile_files_are_not_even_kept_as_a_draft() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert len(refusals(bomb)) == 1
    many = "start > " + " > ".join(f"t{number}" for number in range(5000)) + " > end"
    assert len(refusals(bpmn("p", many).decode())) == 1
    assert refusals(bpmn("p", "start > a").decode()) == []
