"""Licences of the library in matters: taken over by consent, flagged when they end, followed when renewed."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.events.api import run_jobs
from jingkai.kernel.notices.models import Notice
from jingkai.modules.approvals import operations, queries
from jingkai.modules.approvals.models import Material
from jingkai.modules.approvals.testing import DAYS, Hall, moment
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import api as licences
from jingkai.modules.licences.testing import Consent, Entry, own_pdf, put_in, renew, seed, want_renewed
from jingkai.records.documents import api as documents
from jingkai.records.files import api as files

pytestmark = pytest.mark.django_db
PLANNING = "planning-permit"


@pytest.fixture
def permit(hall: Hall) -> Entry:
    """A planning permit in the library of the handler's enterprise, valid until the day of the signature."""
    seed(moment("2026-01-06 09:00"))
    actor = hall.actor("handler", "2026-01-06 09:00")
    return put_in(
        actor,
        at=moment("2026-01-06 09:00"),
        type_code="project-planning-permit",
        until=date(2026, 3, 4),
        since=date(2025, 3, 4),
    )


def use(hall: Hall, entry: Entry, matter: object, at: str = DAYS["draft"]) -> None:
    operations.use_licence(
        application=matter,  # type: ignore[arg-type]
        material=hall.material(PLANNING),
        entry=entry,
        by=hall.actor("handler", at),
        at=moment(at),
    )


def accepted_with(hall: Hall, entry: Entry) -> object:
    matter = hall.give_all(hall.draft(), without=(PLANNING,))
    use(hall, entry, matter)
    hall.submit(matter)
    return hall.accept(matter)


def test_a_licence_of_the_library_serves_as_material_without_an_upload(hall: Hall, permit: Entry) -> None:
    matter = hall.give_all(hall.draft(), without=(PLANNING,))
    assert queries.list_missing(application=matter)
    use(hall, permit, matter)
    use(hall, permit, matter)
    assert queries.list_missing(application=matter) == []
    consent = Consent.objects.get()
    assert (consent.owner_kind, consent.owner_id, consent.slot) == ("application", matter.pk, PLANNING)
    assert consent.attachment is not None
    assert consent.attachment.stored_file == permit.attachment.stored_file  # type: ignore[union-attr]
    hall.submit(matter)


def test_a_file_uploaded_directly_that_the_library_holds_is_tied_to_it(hall: Hall, permit: Entry) -> None:
    matter = hall.draft()
    hall.give(matter, PLANNING, at=DAYS["draft"], content=own_pdf("project-planning-permit"))
    assert Consent.objects.get().entry == permit


def test_an_entry_of_another_type_or_enterprise_does_not_serve(hall: Hall, permit: Entry) -> None:
    matter = hall.draft()
    actor = hall.actor("handler", DAYS["draft"])
    other = hall.actor("other_handler", DAYS["draft"])
    at = moment(DAYS["draft"])
    wrong = put_in(actor, at=at, type_code="business-licence")
    foreign = put_in(other, at=at, type_code="project-planning-permit", until=date(2027, 1, 1), mark="f")
    for entry in (wrong, foreign):
        with pytest.raises(operations.DoesNotServe):
            use(hall, entry, matter)
    with pytest.raises(licences.CannotUse):
        use(hall, permit, matter, at="2026-03-05 09:00")


def test_pages_offer_what_the_library_holds(hall: Hall, permit: Entry) -> None:
    matter = hall.draft()
    hall.travel(DAYS["draft"])
    client = Client()
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:materials", args=[matter.uuid])).content.decode()
    assert f"{PLANNING}:{permit.uuid}" in page


def test_materials_are_asked_for_under_the_facts_only(hall: Hall) -> None:
    Material.objects.filter(code="air-defence-design").update(condition="shelter_area > 0")
    matter = hall.give_all(hall.draft(shelter_area="0"), without=("air-defence-design",))
    assert queries.list_missing(application=matter) == []
    needing = hall.give_all(hall.draft(shelter_area="0.01"), without=("air-defence-design",))
    assert len(queries.list_missing(application=needing)) == 1
    with pytest.raises(operations.Incomplete):
        hall.submit(needing)


def test_an_unreadable_condition_asks_for_the_material(hall: Hall) -> None:
    Material.objects.filter(code="air-defence-design").update(condition="shelter_area >")
    matter = hall.give_all(hall.draft(shelter_area="0"), without=("air-defence-design",))
    assert len(queries.list_missing(application=matter)) == 1


def test_a_licence_that_ends_is_flagged_and_told_and_the_matter_goes_on(hall: Hall, permit: Entry) -> None:
    matter = accepted_with(hall, permit)
    at = hall.travel("2026-03-05 06:05")
    licences.watch_expiry(at=at)
    run_jobs()
    told = Notice.objects.filter(kind="material_expired")
    assert [one.to_id for one in told] == [hall.cast.handler.party_id]
    (flag,) = licences.flags_of(("application", matter.pk), on=date(2026, 3, 5))  # type: ignore[attr-defined]
    assert (flag.slot, flag.must_renew) == (PLANNING, False)
    client = Client()
    hall.log_in(client, "clerk")
    case = hall.case(matter)  # type: ignore[arg-type]
    assert "2026-03-04" in client.get(reverse("inbox:case", args=[case.uuid])).content.decode()
    for branch in ("airdefence", "quality", "fire"):
        hall.conclude(matter, branch, at=DAYS["reviewed"])  # type: ignore[arg-type]
    hall.summarise(matter)  # type: ignore[arg-type]
    hall.sign(matter)  # type: ignore[arg-type]


def test_where_the_rule_wants_it_renewed_no_grant_is_signed_before(hall: Hall, permit: Entry) -> None:
    want_renewed("project-planning-permit", at=moment("2026-01-06 09:00"))
    matter = accepted_with(hall, permit)
    for branch in ("airdefence", "quality", "fire"):
        hall.conclude(matter, branch, at=DAYS["reviewed"])  # type: ignore[arg-type]
    hall.summarise(matter)  # type: ignore[arg-type]
    with pytest.raises(operations.MaterialEnded):
        hall.sign(matter)  # type: ignore[arg-type]
    by, at = hall.actor("handler", DAYS["summarised"]), moment(DAYS["summarised"])
    renew(permit, until=date(2028, 1, 1), by=by, at=at)
    hall.sign(matter)  # type: ignore[arg-type]


def test_a_consent_taken_back_empties_a_draft_but_not_what_was_handed_in(hall: Hall, permit: Entry) -> None:
    draft = hall.draft()
    use(hall, permit, draft)
    handed_in = accepted_with(hall, permit)
    by, at = hall.actor("handler", DAYS["accepted"]), hall.travel(DAYS["accepted"])
    for consent in Consent.objects.all():
        licences.revoke_consent(consent=consent, by=by, at=at)
    run_jobs()
    assert files.list_attachments(("application", draft.pk), slot=PLANNING) == []
    assert files.list_attachments(("application", handed_in.pk), slot=PLANNING)  # type: ignore[attr-defined]


def test_a_sealed_result_lies_in_the_library_and_loses_its_worth_with_it(hall: Hall) -> None:
    seed(moment("2026-01-06 09:00"))
    matter = hall.bring_to("sealed")
    hall.travel(DAYS["sealed"])
    run_jobs()
    entry = Entry.objects.get(origin="result")
    assert (entry.type.code, entry.enterprise_id) == ("fire-design-opinion", matter.enterprise_id)
    document = hall.decision(matter).document
    assert entry.document == document
    assert entry.sha256 == document.sha256
    documents.revoke_document(
        document_id=document.pk,  # type: ignore[union-attr]
        end_class="annulled",
        reason="发现材料不实",
        by=hall.cast.deputy_director,
        at=moment("2026-03-10 09:00"),
    )
    run_jobs()
    entry.refresh_from_db()
    assert entry.state == Entry.State.REVOKED
    assert entry.state_reason


def test_a_handed_over_account_keeps_every_matter(hall: Hall) -> None:
    begun = hall.draft(by="legal_representative")
    running = hall.bring_to("accepted")
    heir = hall.cast.handler.party_id
    old = hall.cast.legal_representative.party_id
    assert heir is not None
    assert old is not None
    count = operations.pass_on_matters(
        enterprise_id=begun.enterprise_id, from_person_id=old, to_person_id=heir, at=moment(DAYS["accepted"])
    )
    assert count == 1
    assert hall.fresh(begun).handler_id == heir == hall.fresh(running).handler_id


def test_limited_rights_are_kept_in_lists_pages_and_acts(hall: Hall) -> None:
    from jingkai.kernel.parties.models import Representation

    others = hall.draft(by="legal_representative")
    own = hall.give_all(hall.draft())
    enterprises.set_rights(
        representation=Representation.objects.get(person_id=hall.cast.handler.party_id),
        rights=enterprises.Rights(apply=True, sign=False, pay=False, sees_all=False),
        by=hall.cast.legal_representative,
        at=moment(DAYS["draft"]),
    )
    with pytest.raises(enterprises.MayNotAct):
        hall.submit(own)
    client = Client()
    hall.travel(DAYS["draft"])
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:my")).content.decode()
    assert str(own.uuid) in page
    assert str(others.uuid) not in page
    begun = client.get("/my/new/construction-permit/").content.decode()
    assert (str(own.uuid) in begun, str(others.uuid) in begun) == (True, False)
    for name in ("facts", "materials", "check"):
        assert client.get(reverse(f"approvals:{name}", args=[others.uuid])).status_code == 404
    assert client.get(reverse("approvals:facts", args=[own.uuid])).status_code == 200
    hall.log_in(client, "legal_representative")
    assert str(own.uuid) in client.get(reverse("approvals:my")).content.decode()
