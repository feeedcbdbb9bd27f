"""A leader lets a seal go on all papers of some kinds; who may cause it, for how long, once a paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.timezone import localdate

from jingkai.kernel.permissions.api import SYSTEM, MissingRight
from jingkai.kernel.submissions.testing import with_token
from jingkai.records.seals import api
from jingkai.records.seals.data import STANDING, SealedPaper, SealPlace, StandingPaper
from jingkai.records.seals.models import Seal, SealUse, StandingAuthorisation
from jingkai.records.seals.operations import StandingEnded, StandingIncomplete, end_standing
from jingkai.records.seals.operations.apply import (
    AuthorisationMissing,
    NotCustodian,
    OwnAuthorisation,
    SealNotInUse,
)
from jingkai.records.seals.rules import standing_papers
from jingkai.records.typesetting.api import typeset
from jingkai.records.typesetting.data import Letter, paragraph

pytestmark = pytest.mark.django_db
LETTER = Letter(
    agency="示范经济开发区管理委员会",
    title="受理通知书",
    addressee="示范精密制造有限公司",
    blocks=(paragraph("现予受理。"),),
    signatory="示范经济开发区管理委员会",
    date="2026年11月21日",
)


@pytest.fixture(autouse=True)
def papers() -> Iterator[None]:
    """A kind of paper that may be sealed so."""
    with standing_papers.including(StandingPaper("test.notice", "试验通知书", "Test notice")):
        yield


def draft(cast: Any, **changes: Any) -> api.StandingDraft:
    """The director's decision for the approval bureau."""
    told: dict[str, Any] = {
        "seal_code": "2",
        "papers": ("test.notice",),
        "users_id": cast.units["approval"].pk,
        "basis": "示开管〔2026〕3号",
        "starts_on": localdate(cast.at) - timedelta(days=30),
    }
    return api.StandingDraft(**{**told, **changes})


@pytest.fixture
def standing(cast: Any, seal: Seal) -> StandingAuthorisation:
    """The seal may go on the test's notices."""
    return api.give_standing(draft=draft(cast), by=cast.leader, at=cast.at)


def apply(cast: Any, standing: StandingAuthorisation, by: Any, **changes: Any) -> SealedPaper:
    """Seal a notice under the standing authorisation."""
    made = typeset("typesetting/letter", LETTER, at=cast.at)
    spot = made.spots["seal"]
    told: dict[str, Any] = {"paper_kind": "test.notice", "subject": ("test.document", 5), "at": cast.at}
    return api.apply_seal(
        pdf=made.content,
        seal_code="2",
        place=SealPlace(spot.page, spot.x, spot.y),
        authorisation=(STANDING, standing.pk),
        purpose="受理通知书",
        by=by,
        **{**told, **changes},
    )


def test_whoever_belongs_to_the_users_seals_every_paper_once(
    cast: Any, standing: StandingAuthorisation
) -> None:
    sealed = apply(cast, standing, cast.clerk)
    (report,) = api.verify(sealed.content)
    assert report.good
    assert (report.seal, report.signer) == ("经开区管理专用章（2号章）", cast.clerk.name)
    with pytest.raises(IntegrityError), transaction.atomic():
        apply(cast, standing, cast.clerk)
    apply(cast, standing, SYSTEM, subject=("test.document", 6))
    lines = api.list_uses()
    assert [line.applied_by for line in lines] == ["系统", cast.clerk.name]
    assert {line.authorised_by for line in lines} == {cast.leader.name}
    assert SealUse.objects.filter(authorisation_id=standing.pk).count() == 2


def test_nobody_else_and_no_other_paper(cast: Any, standing: StandingAuthorisation) -> None:
    with pytest.raises(NotCustodian):
        apply(cast, standing, cast.officer_fire)
    with pytest.raises(AuthorisationMissing):
        apply(cast, standing, cast.clerk, paper_kind="test.other")
    tomorrow = draft(cast, starts_on=localdate(cast.at) + timedelta(days=1))
    later = api.give_standing(draft=tomorrow, by=cast.leader, at=cast.at)
    with pytest.raises(AuthorisationMissing):
        apply(cast, later, cast.clerk)
    approver = replace(cast.leader, grantees=(*cast.leader.grantees, standing.users_id))
    with pytest.raises(OwnAuthorisation):
        apply(cast, standing, approver)


def test_it_ends_for_good(cast: Any, standing: StandingAuthorisation) -> None:
    end_standing(standing=standing, reason="机构调整", version=1, by=cast.leader, at=cast.at)
    assert api.standing_for("test.notice", on=localdate(cast.at)) is None
    with pytest.raises(AuthorisationMissing):
        apply(cast, standing, cast.clerk)
    with pytest.raises(StandingEnded):
        end_standing(standing=standing, reason="又一次", version=2, by=cast.leader, at=cast.at)


def test_what_is_refused(cast: Any, seal: Seal) -> None:
    def give(by: Any = cast.leader, **changes: Any) -> None:
        api.give_standing(draft=draft(cast, **changes), by=by, at=cast.at)

    with pytest.raises(MissingRight):
        give(by=cast.custodian)
    for wrong in ({"papers": ()}, {"papers": ("x",)}, {"basis": " "}, {"ends_on": date(2025, 1, 1)}):
        with pytest.raises(StandingIncomplete):
            give(**wrong)
    with pytest.raises(SealNotInUse):
        give(seal_code="9")


def test_a_leader_gives_and_ends_it_on_the_seals_page(cast: Any, seal: Seal, sign_in: Any) -> None:
    client = sign_in("leader")
    address = reverse("seals:standing", args=[seal.uuid])
    fields = {
        "papers": ["test.notice"],
        "users": cast.units["approval"].pk,
        "basis": "示开管〔2026〕3号",
        "starts_on": "2026-01-01",
        "ends_on": "",
    }
    assert client.post(address, with_token(fields, user=client.user)).status_code == 302
    page = client.get(reverse("seals:seal", args=[seal.uuid])).content.decode()
    assert "试验通知书" in page
    given = StandingAuthorisation.objects.get()
    address = reverse("seals:end_standing", args=[given.uuid])
    told = with_token({"reason": "机构调整", "version": "1"}, user=client.user)
    assert client.post(address, told).status_code == 302
    given.refresh_from_db()
    assert given.ended_at is not None
