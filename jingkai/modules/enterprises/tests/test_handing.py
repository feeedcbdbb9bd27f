"""Rights of handlers and the hand-over of an account: who may, what ends at once, what stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.api import actor_for_person
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Person, Representation
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.enterprises import operations, queries
from jingkai.modules.enterprises.models import Enterprise, HandOver
from jingkai.modules.enterprises.operations import MayNotAct, NotTheRepresentative
from jingkai.modules.enterprises.queries import Rights
from jingkai.modules.enterprises.testing import enrol
from jingkai.records.files import api as files
from jingkai.records.files.testing import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(cast: Cast) -> Enterprise:
    return enrol(cast)


def phone_of(cast: Cast, name: str) -> str:
    return cast.person(name).phone


def of_handler(cast: Cast) -> Representation:
    return Representation.objects.get(person_id=cast.handler.party_id)


def limit(cast: Cast, rights: Rights, by: Any = None) -> None:
    operations.set_rights(
        representation=of_handler(cast), rights=rights, by=by or cast.legal_representative, at=cast.at
    )


def start(cast: Cast, firm: Enterprise, to: str = "handler", by: Any = None) -> tuple[HandOver, str]:
    return operations.start_hand_over(
        enterprise=firm,
        name="秦经办",
        phone=phone_of(cast, to),
        reason="法定代表人变更",
        by=by or cast.legal_representative,
        at=cast.at,
    )


def test_whoever_was_never_limited_may_do_everything(cast: Cast, firm: Enterprise) -> None:
    assert all(queries.may_act(cast.handler, firm.pk, right) for right in ("apply", "sign", "pay"))  # type: ignore[arg-type]
    assert not queries.may_act(cast.other_handler, firm.pk, "apply")


def test_limits_count_at_once_and_only_for_the_handler(cast: Cast, firm: Enterprise) -> None:
    limit(cast, Rights(apply=True, sign=False, pay=False, sees_all=False))
    assert queries.may_act(cast.handler, firm.pk, "apply")
    assert not queries.may_act(cast.handler, firm.pk, "sign")
    assert not queries.may_see_of(cast.handler, enterprise_id=firm.pk, handler_id=1)
    assert queries.may_see_of(cast.handler, enterprise_id=firm.pk, handler_id=cast.handler.party_id)
    assert queries.may_act(cast.legal_representative, firm.pk, "sign")


def test_only_the_representative_or_an_officer_gives_rights(cast: Cast, firm: Enterprise) -> None:
    for who in (cast.handler, cast.other_handler, cast.officer_fire):
        with pytest.raises(NotTheRepresentative):
            limit(cast, Rights(), by=who)
    limit(cast, Rights(pay=False), by=cast.clerk)


def test_nobody_invites_with_more_than_the_own_rights(cast: Cast, firm: Enterprise) -> None:
    limit(cast, Rights(apply=True, sign=True, pay=False, sees_all=False))
    with pytest.raises(MayNotAct):
        invite(cast, firm, Rights())
    invite(cast, firm, Rights(apply=True, sign=False, pay=False, sees_all=False))


def invite(cast: Cast, firm: Enterprise, rights: Rights) -> str:
    _row, token = operations.invite_handler(
        enterprise=firm,
        name="许路人",
        phone=phone_of(cast, "stranger"),
        role=RepresentationRole.HANDLER,
        rights=rights,
        by=cast.handler,
        at=cast.at,
    )
    return token


def test_an_invitation_brings_its_rights(cast: Cast, firm: Enterprise) -> None:
    Person.objects.filter(pk=cast.stranger.party_id)
    token = invite(cast, firm, Rights(apply=True, sign=False, pay=False, sees_all=False))
    operations.join_with_login(token=token, by=cast.stranger, at=cast.at)
    joined = actor_for_person(cast.stranger.party_id or 0, cast.on)
    assert firm.pk in joined.enterprise_ids
    assert not queries.may_act(joined, firm.pk, "sign")


def test_a_handler_does_not_name_a_representative(cast: Cast, firm: Enterprise) -> None:
    with pytest.raises(NotTheRepresentative):
        operations.invite_handler(
            enterprise=firm,
            name="许路人",
            phone=phone_of(cast, "stranger"),
            role=RepresentationRole.LEGAL_REPRESENTATIVE,
            by=cast.handler,
            at=cast.at,
        )


def test_both_sides_hand_the_account_over(cast: Cast, firm: Enterprise) -> None:
    hand_over, token = start(cast, firm)
    before = actor_for_person(cast.legal_representative.party_id or 0, cast.on)
    assert firm.pk in before.enterprise_ids
    operations.join_with_login(token=token, by=cast.handler, at=cast.at)
    hand_over.refresh_from_db()
    firm.refresh_from_db()
    assert (hand_over.state, hand_over.to_person_id) == ("done", cast.handler.party_id)
    assert firm.legal_representative == cast.handler.name
    old = actor_for_person(cast.legal_representative.party_id or 0, cast.on)
    new = actor_for_person(cast.handler.party_id or 0, cast.on)
    assert firm.pk not in old.enterprise_ids
    assert queries.is_legal_representative(new, firm.pk)
    actions = [one.action for one in entries_of(firm.party)]
    assert {"enterprise.hand_over_begun", "representation.ended", "enterprise.handed_over"} <= set(actions)


def test_evidence_ends_the_old_rights_at_once(cast: Cast, firm: Enterprise) -> None:
    hand_over, _token = operations.hand_over_by_evidence(
        enterprise=firm,
        name="许路人",
        phone=phone_of(cast, "stranger"),
        reason="登记机关变更登记",
        upload=files.receive_bytes(PDF, name="营业执照.pdf"),
        by=cast.clerk,
        at=cast.at,
    )
    assert hand_over.evidence is not None
    old = actor_for_person(cast.legal_representative.party_id or 0, cast.on)
    assert firm.pk not in old.enterprise_ids
    assert queries.may_act(cast.handler, firm.pk, "sign")


def test_others_hand_nothing_over_and_one_at_a_time(cast: Cast, firm: Enterprise) -> None:
    for who in (cast.handler, cast.other_handler, cast.clerk):
        with pytest.raises(NotTheRepresentative):
            start(cast, firm, by=who)
    hand_over, token = start(cast, firm)
    with pytest.raises(operations.HandOverRunning):
        start(cast, firm)
    operations.call_off_hand_over(hand_over=hand_over, by=cast.legal_representative, at=cast.at)
    with pytest.raises(operations.InvitationGone):
        operations.join_with_login(token=token, by=cast.handler, at=cast.at)
    with pytest.raises(operations.HandOverGone):
        operations.call_off_hand_over(hand_over=hand_over, by=cast.legal_representative, at=cast.at)
    start(cast, firm)


def test_pages_of_rights_and_hand_over(cast: Cast, firm: Enterprise, client: Client) -> None:
    user = log_in(client, cast.legal_representative)
    url = reverse("enterprises:rights", args=[of_handler(cast).uuid])
    assert client.get(url).status_code == 200
    client.post(url, with_token({"may_apply": "on", "sees": "own"}, user=user))
    assert not queries.may_act(cast.handler, firm.pk, "pay")
    home = client.get(reverse("enterprises:home")).content.decode()
    assert reverse("enterprises:hand_over") in home
    log_in(client, cast.other_handler)
    assert client.get(url).status_code == 404
