"""A library keeps each file once, computes last days, follows renewals, and refuses strangers."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.modules.licences import operations, queries, rules
from jingkai.modules.licences.data import EntryDraft, Standing
from jingkai.modules.licences.models import Entry, LicenceType
from jingkai.modules.licences.testing import own_pdf, put_in, seed
from jingkai.records.files import api as files

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture
def library(cast: Cast) -> Cast:
    seed(cast.at)
    return cast


def test_types_are_seeded_once_and_edits_stay(library: Cast) -> None:
    assert LicenceType.objects.count() >= 30
    LicenceType.objects.filter(code="business-licence").update(name="营业执照（副本）")
    assert operations.seed_types(by=library.system_admin, at=library.at) == 0
    assert LicenceType.objects.get(code="business-licence").name == "营业执照（副本）"


def test_a_licence_put_in_is_written_to_the_trail_with_its_file(library: Cast) -> None:
    entry = put_in(library.handler, at=library.at)
    assert entry.attachment is not None
    assert entry.sha256 == entry.attachment.stored_file.sha256
    actions = [one.action for one in entries_of((rules.OWNER, entry.pk))]
    assert "licence.added" in actions
    assert "file.attached" in actions


def test_the_same_file_is_not_taken_twice(library: Cast) -> None:
    put_in(library.handler, at=library.at)
    with pytest.raises(operations.FileKnown) as refused:
        put_in(library.legal_representative, at=library.at, title="另一个名字")
    assert "营业执照" in str(refused.value)
    assert Entry.objects.count() == 1
    put_in(library.other_handler, at=library.at)


def test_strangers_and_officers_put_nothing_in(library: Cast) -> None:
    entry = put_in(library.handler, at=library.at)
    draft = EntryDraft("改名")
    for who in (library.other_handler, library.clerk, library.stranger):
        with pytest.raises(rules.NotYourLicence):
            operations.correct_licence(entry=entry, draft=draft, version=1, by=who, at=library.at)
        with pytest.raises(rules.NotYourLicence):
            operations.remove_licence(entry=entry, reason="x", by=who, at=library.at)


@pytest.mark.parametrize(
    ("type_code", "since", "given", "last"),
    [
        ("food-production-permit", date(2026, 1, 31), None, date(2031, 1, 31)),
        ("high-tech-certificate", date(2024, 2, 29), None, date(2027, 2, 28)),
        ("energy-review", date(2026, 12, 1), date(2027, 6, 1), date(2027, 6, 1)),
        ("business-licence", date(2026, 1, 1), None, None),
    ],
)
def test_the_last_day_follows_the_type(
    library: Cast, type_code: str, since: date, given: date | None, last: date | None
) -> None:
    entry = put_in(library.handler, at=library.at, type_code=type_code, since=since, until=given)
    assert entry.valid_to == last


def test_a_type_that_states_its_validity_needs_the_last_day(library: Cast) -> None:
    with pytest.raises(operations.DatesMissing):
        put_in(library.handler, at=library.at, type_code="pollutant-discharge-permit")


@pytest.mark.parametrize(
    ("day", "standing"),
    [(date(2026, 5, 31), Standing.VALID), (date(2026, 6, 1), Standing.EXPIRED)],
)
def test_the_last_day_still_counts(library: Cast, day: date, standing: Standing) -> None:
    entry = put_in(library.handler, at=library.at, until=date(2026, 5, 31))
    assert entry.standing(day) == standing
    assert rules.is_usable(entry, on=day) == (standing == Standing.VALID)
    assert Entry.objects.filter(rules.usable(day)).exists() == (standing == Standing.VALID)


def test_a_stale_correction_is_told(library: Cast) -> None:
    entry = put_in(library.handler, at=library.at)
    draft = EntryDraft("营业执照", number="新")
    operations.correct_licence(entry=entry, draft=draft, version=1, by=library.handler, at=library.at)
    with pytest.raises(ChangedMeanwhile):
        operations.correct_licence(
            entry=entry, draft=draft, version=1, by=library.legal_representative, at=library.at
        )


def test_a_renewed_licence_stands_in_the_place_of_the_old(library: Cast) -> None:
    old = put_in(library.handler, at=library.at, until=DAY)
    renewed = operations.renew_licence(
        entry=old,
        draft=EntryDraft("营业执照", valid_to=date(2030, 1, 1)),
        upload=files.receive_bytes(own_pdf("new"), name="新.pdf"),
        by=library.handler,
        at=library.at,
    )
    old.refresh_from_db()
    assert (old.state, old.replaced_by) == (Entry.State.REPLACED, renewed)
    assert queries.newest_of(old) == renewed
    with pytest.raises(operations.CannotChange):
        operations.remove_licence(entry=old, reason="旧", by=library.handler, at=library.at)


def test_an_officer_marks_a_licence_as_revoked_with_a_reason(library: Cast) -> None:
    entry = put_in(library.handler, at=library.at)
    with pytest.raises(operations.CannotChange):
        operations.revoke_licence(entry=entry, reason=" ", by=library.clerk, at=library.at)
    with pytest.raises(operations.CannotChange):
        operations.revoke_licence(entry=entry, reason="吊销", by=library.officer_fire, at=library.at)
    operations.revoke_licence(entry=entry, reason="登记机关吊销", by=library.clerk, at=library.at)
    entry.refresh_from_db()
    assert entry.standing(DAY) == Standing.REVOKED
    assert not queries.offers(
        enterprise_id=entry.enterprise_id, type_codes=["business-licence"], on=timezone.localdate(library.at)
    )
