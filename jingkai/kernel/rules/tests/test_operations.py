"""Rules over time: new versions, void ones, seeds, and what the database refuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.rules import api as rules
from jingkai.kernel.rules.data import RuleField, RuleKind, RuleSeed, VersionDraft
from jingkai.kernel.rules.models import Rule, RuleVersion
from jingkai.kernel.rules.operations import RuleEditedMeanwhile, VersionAlreadyBegins, VersionAlreadyVoid
from jingkai.kernel.rules.rules import kinds

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)

TOLL = RuleKind(
    code="toll",
    name="过路费",
    name_en="Toll",
    fields=(
        RuleField(name="amount", label="Amount", type="integer", minimum=1, maximum=60),
        RuleField(name="unit", label="Unit", type="choice", options=(("day", "Day"), ("year", "Year"))),
        RuleField(name="free", label="Free", type="boolean", required=False),
    ),
)
LIST = RuleKind(code="list", name="清单", name_en="List", keys=("a", "b"))


@pytest.fixture(autouse=True)
def _kinds() -> Iterator[None]:
    with kinds.including(TOLL, LIST):
        yield


def draft(starts_on: date, amount: Any = 5) -> VersionDraft:
    value = {"amount": amount, "unit": "day"}
    return VersionDraft(starts_on=starts_on, value=value, source="某办法", article="3")


def make(amount: int = 5) -> Rule:
    version = rules.add_rule(
        kind="toll",
        key="bridge",
        name="桥",
        name_en="Bridge",
        draft=draft(date(2020, 1, 1), amount),
        by=SYSTEM,
        at=AT,
    )
    return version.rule


def test_a_note_learnt_since_reaches_rules_that_nobody_touched():
    def seed(key: str, note: str = "") -> RuleSeed:
        facts: Any = {"value": {"amount": 5, "unit": "day"}, "starts_on": AT.date(), "source": "某办法"}
        return RuleSeed(kind="toll", key=key, name="桥", name_en="", note=note, **facts)

    rules.seed_rules([seed("bridge"), seed("tunnel"), seed("ferry", "自己的说明")], by=SYSTEM, at=AT)
    verified = RuleVersion.objects.get(rule__key="tunnel")
    rules.confirm_version(version_id=verified.pk, by=SYSTEM, at=AT)
    later = [seed(key, "请核实后确认。") for key in ("bridge", "tunnel", "ferry")]
    assert rules.seed_rules(later, by=SYSTEM, at=AT) == []
    notes = dict(RuleVersion.objects.values_list("rule__key", "note"))
    assert notes == {"bridge": "请核实后确认。", "tunnel": "", "ferry": "自己的说明"}
    assert rules.seed_rules(later, by=SYSTEM, at=AT) == []


def amount_on(day: date) -> Any:
    found = rules.find_rule("toll", "bridge", on=day)
    return found and found.value["amount"]


def add(rule: Rule, starts_on: date, amount: int) -> RuleVersion:
    rule.refresh_from_db()
    return rules.add_version(
        rule_id=rule.pk, draft=draft(starts_on, amount), seen_version=rule.version, by=SYSTEM, at=AT
    )


def test_rule_applies_from_its_first_day_and_before_it_is_missing() -> None:
    make()
    assert rules.get("toll", "bridge", on=date(2020, 1, 1)).value == {
        "amount": 5,
        "unit": "day",
        "free": False,
    }
    with pytest.raises(rules.RuleMissing) as error:
        rules.get("toll", "bridge", on=date(2019, 12, 31))
    assert "bridge" in str(error.value)
    assert "2019-12-31" in str(error.value)


def test_new_version_ends_the_one_before_and_leaves_it_readable() -> None:
    rule = make()
    first = rules.get("toll", "bridge", on=date(2021, 1, 1))
    add(rule, date(2024, 7, 1), 9)
    assert amount_on(date(2024, 6, 30)) == 5
    assert amount_on(date(2024, 7, 1)) == 9
    assert rules.get_version(version_id=first.id).value["amount"] == 5


def test_version_in_between_keeps_the_later_one() -> None:
    rule = make()
    add(rule, date(2026, 1, 1), 9)
    add(rule, date(2023, 1, 1), 7)
    assert [amount_on(date(y, 6, 1)) for y in (2022, 2024, 2026)] == [5, 7, 9]
    assert amount_on(date(2025, 12, 31)) == 7


def test_version_before_the_first_ends_where_the_first_begins() -> None:
    rule = make()
    add(rule, date(2010, 1, 1), 3)
    assert [amount_on(date(y, 6, 1)) for y in (2009, 2019, 2020)] == [None, 3, 5]


def test_same_first_day_is_refused() -> None:
    rule = make()
    with pytest.raises(VersionAlreadyBegins):
        add(rule, date(2020, 1, 1), 9)


def test_void_version_gives_its_days_back_to_the_one_before() -> None:
    rule = make()
    late = add(rule, date(2024, 1, 1), 9)
    rules.void_version(version_id=late.pk, reason="typed wrongly", by=SYSTEM, at=AT)
    assert amount_on(date(2025, 1, 1)) == 5
    with pytest.raises(VersionAlreadyVoid):
        rules.void_version(version_id=late.pk, reason="again", by=SYSTEM, at=AT)
    add(rule, date(2024, 1, 1), 8)
    assert amount_on(date(2025, 1, 1)) == 8


def test_void_needs_a_reason() -> None:
    make()
    with pytest.raises(rules.RuleValueWrong):
        rules.void_version(version_id=RuleVersion.objects.get().pk, reason=" ", by=SYSTEM, at=AT)


def test_stale_form_is_told() -> None:
    rule = make()
    add(rule, date(2024, 1, 1), 9)
    with pytest.raises(RuleEditedMeanwhile):
        rules.add_version(rule_id=rule.pk, draft=draft(date(2025, 1, 1)), seen_version=1, by=SYSTEM, at=AT)


def test_database_refuses_two_versions_on_one_day() -> None:
    rule = make()
    with pytest.raises(IntegrityError, match="rules_one_version_a_day"), transaction.atomic():
        RuleVersion.objects.create(rule=rule, starts_on=date(2025, 1, 1), value={}, source="x", created_at=AT)


@pytest.mark.parametrize(
    "value",
    [
        {"unit": "day"},
        {"amount": 0, "unit": "day"},
        {"amount": 61, "unit": "day"},
        {"amount": "five", "unit": "day"},
        {"amount": True, "unit": "day"},
        {"amount": 5, "unit": "week"},
        {"amount": 5, "unit": "day", "more": 1},
        {"amount": 5, "unit": "day", "free": "yes"},
    ],
)
def test_wrong_value_is_refused_with_a_sentence(value: dict[str, Any]) -> None:
    bad = VersionDraft(starts_on=date(2020, 1, 1), value=value, source="x")
    with pytest.raises(rules.RuleValueWrong) as error:
        rules.add_rule(kind="toll", key="k", name="n", name_en="n", draft=bad, by=SYSTEM, at=AT)
    assert error.value.faults
    assert not Rule.objects.exists()


def test_all_faults_are_told_at_once() -> None:
    bad = VersionDraft(starts_on=date(2020, 1, 1), value={"amount": 99}, source="x")
    with pytest.raises(rules.RuleValueWrong) as error:
        rules.add_rule(kind="toll", key="k", name="n", name_en="n", draft=bad, by=SYSTEM, at=AT)
    assert len(error.value.faults) == 2


def test_source_is_required() -> None:
    bad = VersionDraft(starts_on=date(2020, 1, 1), value={"amount": 5, "unit": "day"}, source=" ")
    with pytest.raises(rules.RuleValueWrong):
        rules.add_rule(kind="toll", key="k", name="n", name_en="n", draft=bad, by=SYSTEM, at=AT)


def test_closed_list_takes_no_new_key() -> None:
    seed = RuleSeed(
        kind="list", key="c", name="c", name_en="c", value={}, starts_on=date(2020, 1, 1), source="x"
    )
    with pytest.raises(rules.RuleValueWrong):
        rules.seed_rules([seed], by=SYSTEM, at=AT)


def test_seeding_twice_adds_nothing_and_keeps_edits() -> None:
    seed = RuleSeed(
        kind="toll",
        key="bridge",
        name="桥",
        name_en="Bridge",
        value={"amount": 5, "unit": "day"},
        starts_on=date(2020, 1, 1),
        source="x",
    )
    assert rules.seed_rules([seed], by=SYSTEM, at=AT) == ["bridge"]
    add(Rule.objects.get(), date(2025, 1, 1), 9)
    assert rules.seed_rules([seed], by=SYSTEM, at=AT) == []
    assert amount_on(date(2025, 1, 1)) == 9


def test_confirming_marks_the_version() -> None:
    make()
    rules.confirm_version(version_id=RuleVersion.objects.get().pk, by=SYSTEM, at=AT)
    assert rules.get("toll", "bridge", on=date(2020, 1, 1)).confirmed


def test_several_rules_are_read_in_one_query(django_assert_num_queries: Any) -> None:
    make()
    with django_assert_num_queries(1):
        found = rules.get_rules([("toll", "bridge"), ("toll", "none")], on=date(2025, 1, 1))
    assert list(found) == [("toll", "bridge")]
