"""Registering, changing, acting for others, looking behind masks, and pages by key."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.parties import operations as ops
from jingkai.kernel.parties import queries
from jingkai.kernel.parties.data import PartyKind, RepresentationRole
from jingkai.kernel.parties.models import Party
from jingkai.kernel.parties.rules import REVEAL
from jingkai.kernel.permissions.data import SYSTEM, Actor

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = date(2026, 11, 21)


def person(name: str = "陈浩", phone: str = "13800001111") -> Any:
    return ops.register_person(name=name, phone=phone, by=SYSTEM, at=NOW)


def firm(name: str = "今禾食品有限公司") -> Party:
    return ops.register_party(kind=PartyKind.ENTERPRISE, name=name, by=SYSTEM, at=NOW)


def test_trail_of_a_person_holds_no_personal_data() -> None:
    row = person()
    ops.change_contact(person=row, phone="13900002222", email="c@d.cn", by=SYSTEM, at=NOW)
    told = str([entry.facts for entry in entries_of(row.party)])
    for secret in ("陈浩", "13800001111", "13900002222", "c@d.cn"):
        assert secret not in told
    assert queries.get_persons_by_phone("139 0000 2222").get() == row
    assert not queries.get_persons_by_phone("13800001111").exists()
    assert not queries.get_persons_by_phone("").exists()


def test_contact_behind_the_mask_needs_the_right_and_is_recorded() -> None:
    row = person()
    nobody = Actor(party_id=None, user_id=None, name="", kind="staff")
    with pytest.raises(ops.MayNotReveal):
        ops.reveal_contact(person=row, by=nobody, at=NOW, purpose="x")
    officer = Actor(party_id=None, user_id=None, name="", kind="staff", permissions=frozenset({REVEAL}))
    assert ops.reveal_contact(person=row, by=officer, at=NOW, purpose="回访").phone == "13800001111"
    assert list(entries_of(row.party))[-1].facts == {"purpose": "回访"}


def test_person_acts_once_in_a_role_and_ends_at_once() -> None:
    row, party = person(), firm()
    link = ops.begin_representation(
        person=row, party=party, role=RepresentationRole.HANDLER, on=DAY, by=SYSTEM, at=NOW
    )
    with pytest.raises(ops.AlreadyActsFor):
        ops.begin_representation(
            person=row, party=party, role=RepresentationRole.HANDLER, on=DAY, by=SYSTEM, at=NOW
        )
    line = queries.list_representations(party.pk, on=DAY)[0]
    assert (line.person_name, line.phone) == ("陈浩", "138****1111")
    for _ in range(2):
        ops.end_representation(representation=link, on=DAY, by=SYSTEM, at=NOW)
    assert queries.list_representations(party.pk, on=DAY) == []
    assert len(queries.list_representations(party.pk)) == 1
    ops.begin_representation(
        person=row, party=party, role=RepresentationRole.HANDLER, on=DAY, by=SYSTEM, at=NOW
    )


def test_zone_is_made_once_and_renamed() -> None:
    first = ops.ensure_zone(name="示范区", by=SYSTEM, at=NOW)
    assert ops.ensure_zone(name="示范经开区", by=SYSTEM, at=NOW) == first
    assert queries.zone().name == queries.zone_name() == "示范经开区"


def test_contacts_are_for_active_people() -> None:
    row, gone = person(), person("李四", "13800003333")
    ops.set_active(party=gone.party, active=False, by=SYSTEM, at=NOW)
    assert [contact.phone for contact in queries.get_contacts([row.pk, gone.pk])] == ["13800001111"]


@pytest.mark.parametrize("text", ["今禾", "jin he", "jhsp", ""])
def test_parties_are_found_by_name_and_sound(text: str) -> None:
    party = firm()
    assert [line.id for line in queries.list_parties(kind=PartyKind.ENTERPRISE, text=text)] == [party.pk]
    assert queries.list_parties(kind=PartyKind.ENTERPRISE, text="没有") == []
    assert queries.get_names([party.pk])[party.pk].name == "今禾食品有限公司"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["a", "b", "b c", "b,c"]), max_size=12), st.integers(1, 4))
def test_pages_by_key_go_there_and_back_without_loss(names: list[str], size: int) -> None:
    Party.objects.filter(kind="post").delete()
    Party.objects.bulk_create([Party(kind="post", name="x", pinyin=name) for name in names])
    rows, fields = Party.objects.filter(kind="post"), ("pinyin", "pk")
    plain = list(rows.order_by(*fields))
    seen, page = [], queries.keyset_page(rows, fields=fields, place="", back=False, size=size)
    assert page.before == ""
    while page.rows:
        seen += page.rows
        if not page.after:
            break
        page = queries.keyset_page(rows, fields=fields, place=page.after, back=False, size=size)
    assert seen == plain
    returned = list(page.rows)
    while page.before:
        page = queries.keyset_page(rows, fields=fields, place=page.before, back=True, size=size)
        returned = page.rows + returned
    assert returned == plain


@pytest.mark.parametrize("place", ["x", "a,b", "a,99999999999999999999", ",", "'; DROP TABLE x; --,1"])
def test_a_place_nobody_gave_is_harmless(place: str) -> None:
    firm()
    rows = Party.objects.filter(kind="enterprise")
    assert queries.keyset_page(rows, fields=("pinyin", "pk"), place=place, back=False, size=5) is not None
