"""Numbers come without gaps, whatever happens to the transactions that ask for them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from jingkai.kernel.permissions.api import SYSTEM
from jingkai.kernel.rules import api as rules
from jingkai.kernel.rules.models import Rule
from jingkai.records.numbering import api
from jingkai.records.numbering.models import IssuedNumber
from jingkai.records.numbering.operations import NumberAlreadyVoid
from jingkai.records.numbering.testing import add_series

NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)


def give(series: str = "test", at: datetime = NOW) -> str:
    return api.next_number(series=series, at=at, by=SYSTEM).text


@pytest.mark.django_db
def test_next_number_counts_from_one_in_the_official_form() -> None:
    add_series()
    assert [give(), give()] == ["示开测〔2026〕1号", "示开测〔2026〕2号"]
    assert api.OFFICIAL.fullmatch(give())


@pytest.mark.django_db
def test_next_number_starts_again_with_the_local_year() -> None:
    add_series()
    give()
    last_hour_in_utc = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # already 2027 in the zone
    assert give(at=last_hour_in_utc) == "示开测〔2027〕1号"


@pytest.mark.django_db
def test_next_number_runs_on_where_the_series_never_resets() -> None:
    add_series("receipt", "SL{year}{n:06}", reset="never")
    assert give("receipt") == "SL2026000001"
    assert give("receipt", datetime(2027, 3, 1, tzinfo=UTC)) == "SL2027000002"


@pytest.mark.django_db
def test_next_number_follows_the_pattern_of_the_day_and_never_repeats() -> None:
    add_series()
    first = give()
    rule = Rule.objects.get(kind="numbering.series", key="test")
    draft = rules.VersionDraft(
        starts_on=date(2026, 12, 1),
        value={"pattern": "经开测〔{year}〕{n}号", "reset": "year"},
        source="通知",
    )
    rules.add_version(rule_id=rule.pk, draft=draft, seen_version=rule.version, by=SYSTEM, at=NOW)
    assert [first, give(), give(at=datetime(2026, 12, 2, tzinfo=UTC))] == [
        "示开测〔2026〕1号",
        "示开测〔2026〕2号",
        "经开测〔2026〕3号",
    ]


@pytest.mark.django_db
def test_next_number_of_an_unknown_series_is_refused_in_words() -> None:
    with pytest.raises(api.SeriesUnknown) as refused:
        give("no-such")
    assert "no-such" in str(refused.value.sentence)
    assert refused.value.advice


@pytest.mark.django_db
def test_a_rolled_back_transaction_leaves_no_gap() -> None:
    add_series()
    give()
    with transaction.atomic():
        assert give() == "示开测〔2026〕2号"
        transaction.set_rollback(True)
    assert give() == "示开测〔2026〕2号"
    assert api.find_gaps() == []


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_fifty_numbers_without_gaps_though_some_roll_back() -> None:
    add_series()

    def one(index: int) -> int | None:
        try:
            with transaction.atomic():
                number = api.next_number(series="test", at=NOW, by=SYSTEM, subject=("test", index))
                if index % 5 == 0:
                    raise RuntimeError
                return number.sequence
        except RuntimeError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        given = [number for number in pool.map(one, range(50)) if number]
    assert sorted(given) == list(range(1, 41))
    assert api.find_gaps() == []


@pytest.mark.django_db
def test_a_void_number_stays_in_the_ledger_and_is_not_given_again() -> None:
    add_series()
    number = api.next_number(series="test", at=NOW, by=SYSTEM)
    api.void_number(number_id=number.id, reason="打印错误", by=SYSTEM, at=NOW)
    assert give() == "示开测〔2026〕2号"
    assert [(line.text, line.void_reason) for line in api.list_numbers(series="test")] == [
        ("示开测〔2026〕2号", ""),
        ("示开测〔2026〕1号", "打印错误"),
    ]
    assert api.count_void("test", 2026) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   "])
def test_void_number_needs_a_reason(reason: str) -> None:
    add_series()
    number = api.next_number(series="test", at=NOW, by=SYSTEM)
    with pytest.raises(NumberAlreadyVoid):
        api.void_number(number_id=number.id, reason=reason, by=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_a_number_is_voided_once_only() -> None:
    add_series()
    number = api.next_number(series="test", at=NOW, by=SYSTEM)
    api.void_number(number_id=number.id, reason="作废", by=SYSTEM, at=NOW)
    with pytest.raises(NumberAlreadyVoid):
        api.void_number(number_id=number.id, reason="再次", by=SYSTEM, at=NOW)


@pytest.mark.django_db
def test_link_number_names_the_subject_once() -> None:
    add_series()
    number = api.next_number(series="test", at=NOW, by=SYSTEM)
    api.link_number(number_id=number.id, subject=("documents.issueddocument", 7))
    api.link_number(number_id=number.id, subject=("documents.issueddocument", 8))
    assert IssuedNumber.objects.get(pk=number.id).subject_id == 7


@pytest.mark.django_db
def test_the_database_refuses_a_number_given_twice() -> None:
    add_series()
    number = IssuedNumber.objects.get(pk=api.next_number(series="test", at=NOW, by=SYSTEM).id)
    number.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        number.save(force_insert=True)


@pytest.mark.django_db
def test_find_gaps_names_a_series_whose_rows_were_removed() -> None:
    add_series()
    give()
    give()
    IssuedNumber.objects.filter(sequence=1).delete()
    assert api.find_gaps() == [("test", 2026, 1)]
