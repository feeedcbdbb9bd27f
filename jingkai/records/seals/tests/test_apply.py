"""A seal needs its custodian, another person's decision, and serves that decision once."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.organisation.api import delegate
from jingkai.kernel.permissions.api import SYSTEM, MissingRight
from jingkai.records.seals import api
from jingkai.records.seals.data import SealedPaper, SealPlace
from jingkai.records.seals.models import Seal, SealUse
from jingkai.records.typesetting.api import typeset
from jingkai.records.typesetting.data import Letter, paragraph

LETTER = Letter(
    agency="示范经济开发区管理委员会",
    title="特殊建设工程消防设计审查意见书",
    addressee="示范精密制造有限公司",
    blocks=(paragraph("该工程消防设计审查合格。"),),
    signatory="示范经济开发区管理委员会",
    date="2026年11月21日",
    number="示开消审〔2026〕12号",
)


@pytest.fixture
def paper(cast: Any) -> tuple[bytes, SealPlace]:
    """A letter and where its seal goes."""
    made = typeset("typesetting/letter", LETTER, at=cast.at)
    spot = made.spots["seal"]
    return made.content, SealPlace(spot.page, spot.x, spot.y)


@pytest.fixture
def apply(cast: Any, seal: Seal, paper: tuple[bytes, SealPlace]) -> Any:
    """Apply the seal: `apply(by, decision)`."""

    def act(by: Any, decision: tuple[str, int], code: str = "2", at: Any = None) -> SealedPaper:
        return api.apply(
            pdf=paper[0],
            seal_code=code,
            place=paper[1],
            authorisation=decision,
            purpose="消防设计审查意见书",
            by=by,
            at=at or cast.at,
            subject=("test.document", 5),
        )

    return act


def pdfsig(content: bytes, folder: Path) -> str:
    path = folder / "sealed.pdf"
    path.write_bytes(content)
    return subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout


@pytest.mark.django_db
def test_the_custodian_applies_the_seal_on_anothers_decision(
    cast: Any, seal: Seal, apply: Any, decide: Any, paper: Any, tmp_path: Path
) -> None:
    sealed = apply(cast.custodian, decide(cast.deputy_director))
    told = pdfsig(sealed.content, tmp_path)
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert sealed.content.startswith(paper[0])
    (report,) = api.verify(sealed.content)
    assert report.good
    assert (report.seal, report.signer, report.demo) == ("经开区管理专用章（2号章）", "郑印", True)
    assert report.at == cast.at.replace(microsecond=0)
    use = SealUse.objects.get(pk=sealed.use_id)
    assert (use.sequence, use.authorised_by_id, use.applied_by_id) == (
        1,
        cast.deputy_director.party_id,
        cast.custodian.party_id,
    )
    assert sealed.use_number == f"{use.year}-2-1"
    entry = list(entries_of(seal))[-1]
    assert (entry.action, entry.facts["use"]) == ("seal.applied", use.pk)


@pytest.mark.django_db
def test_only_the_custodian_may_apply_it(cast: Any, apply: Any, decide: Any) -> None:
    other = cast.empower("clerk", api.APPLY)
    with pytest.raises(api.NotCustodian):
        apply(other, decide(cast.deputy_director))
    assert not SealUse.objects.exists()


@pytest.mark.django_db
def test_the_right_is_needed_beside_custody(cast: Any, seal: Seal, apply: Any, decide: Any) -> None:
    api.hand_over(
        seal_id=seal.pk,
        to=cast.clerk.party_id,
        basis="交接",
        seen_version=seal.version,
        by=SYSTEM,
        at=cast.at,
    )
    with pytest.raises(MissingRight):
        apply(cast.clerk, decide(cast.deputy_director))


@pytest.mark.django_db
def test_a_seal_held_by_a_post_is_applied_by_its_holder(
    cast: Any, seal: Seal, apply: Any, decide: Any
) -> None:
    post = cast.post("custodian").pk
    api.hand_over(seal_id=seal.pk, to=post, basis="定岗", seen_version=seal.version, by=SYSTEM, at=cast.at)
    assert apply(cast.custodian, decide(cast.deputy_director)).use_id


@pytest.mark.django_db
def test_standing_in_for_the_custodian_is_not_enough(cast: Any, seal: Seal, apply: Any, decide: Any) -> None:
    post = cast.post("custodian").pk
    api.hand_over(seal_id=seal.pk, to=post, basis="定岗", seen_version=seal.version, by=SYSTEM, at=cast.at)
    cast.empower("clerk", api.APPLY)
    delegate(
        from_person=cast.person("custodian"),
        to_person=cast.person("clerk"),
        starts_on=cast.on,
        ends_on=cast.on + timedelta(days=3),
        reason="休假",
        by=cast.custodian,
        at=cast.at,
    )
    cast.forget()
    assert post in cast.clerk.post_ids
    with pytest.raises(api.NotCustodian):
        apply(cast.clerk, decide(cast.deputy_director))


@pytest.mark.django_db
def test_nobody_seals_on_their_own_decision(cast: Any, apply: Any, decide: Any) -> None:
    with pytest.raises(api.OwnAuthorisation):
        apply(cast.custodian, decide(cast.custodian))


@pytest.mark.django_db
def test_a_decision_serves_once(cast: Any, apply: Any, decide: Any) -> None:
    decision = decide(cast.deputy_director)
    first = apply(cast.custodian, decision)
    with pytest.raises(api.AuthorisationUsed) as refused:
        apply(cast.custodian, decision)
    assert first.use_number in str(refused.value.sentence)


@pytest.mark.django_db
@pytest.mark.parametrize("decision", [("test.decision", 999), ("no.such.kind", 1)])
def test_without_a_decision_nothing_is_sealed(cast: Any, apply: Any, decide: Any, decision: Any) -> None:
    with pytest.raises(api.AuthorisationMissing):
        apply(cast.custodian, decision)


@pytest.mark.django_db
def test_a_decision_for_another_seal_does_not_serve(cast: Any, apply: Any, decide: Any) -> None:
    with pytest.raises(api.AuthorisationMissing):
        apply(cast.custodian, decide(cast.deputy_director, seal_code="1"))


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["suspended", "retired"])
def test_a_seal_out_of_use_is_not_applied(cast: Any, seal: Seal, apply: Any, decide: Any, state: str) -> None:
    api.change_state(
        seal_id=seal.pk,
        to=state,
        reason="遗失",
        seen_version=seal.version,
        by=cast.security_admin,
        at=cast.at,
    )
    with pytest.raises(api.SealNotInUse):
        apply(cast.custodian, decide(cast.deputy_director))


@pytest.mark.django_db
def test_a_seal_is_not_applied_before_it_was_made(cast: Any, apply: Any, decide: Any) -> None:
    with pytest.raises(api.SealNotInUse):
        apply(cast.custodian, decide(cast.deputy_director), at=cast.at - timedelta(days=1))


@pytest.mark.django_db
def test_an_unknown_seal_is_refused(cast: Any, apply: Any, decide: Any) -> None:
    with pytest.raises(api.SealNotInUse):
        apply(cast.custodian, decide(cast.deputy_director), code="99")


@pytest.mark.django_db
def test_a_missing_key_seals_nothing(
    cast: Any, seal: Seal, apply: Any, decide: Any, seals_folder: Path
) -> None:
    key = seals_folder / f"{seal.key_name}.key"
    hidden = key.rename(key.with_suffix(".hidden"))
    with pytest.raises(api.KeyMissing):
        apply(cast.custodian, decide(cast.deputy_director))
    hidden.rename(key)
    assert not SealUse.objects.exists()


@pytest.mark.django_db
def test_what_is_no_pdf_is_not_sealed(cast: Any, seal: Seal, decide: Any) -> None:
    with pytest.raises(api.NotSealable):
        api.apply(
            pdf=b"hello",
            seal_code="2",
            place=SealPlace(1, 100, 100),
            authorisation=decide(cast.deputy_director),
            purpose="x",
            by=cast.custodian,
            at=cast.at,
        )
    assert not SealUse.objects.exists()


@pytest.mark.django_db
def test_uses_are_counted_per_seal_and_year(cast: Any, seal: Seal, apply: Any, decide: Any) -> None:
    this_year = [apply(cast.custodian, decide(cast.deputy_director)).use_number for _ in range(2)]
    later = cast.at + timedelta(days=366)
    next_year = apply(cast.custodian, decide(cast.deputy_director), at=later).use_number
    year = cast.on.year
    assert this_year == [f"{year}-2-1", f"{year}-2-2"]
    assert next_year.endswith("-2-1")
    assert next_year != this_year[0]
    lines = api.list_uses(seal=seal)
    assert [line.number for line in lines] == [next_year, *reversed(this_year)]
    assert lines[0].authorised_by == "卫副主任"


@pytest.mark.django_db
def test_the_ledger_of_use_leaves_as_a_spreadsheet_narrowed_as_on_the_page(
    cast: Any, apply: Any, decide: Any, sign_in: Any
) -> None:
    number = apply(cast.custodian, decide(cast.deputy_director)).use_number

    def numbers(**asked: str) -> list[Any]:
        answer = sign_in("leader").get(reverse("seals:export"), asked)
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
        return [cell.value for cell in sheet["A"]][1:]

    assert numbers(seal="2", q="卫副主任", year=str(cast.on.year)) == [number]
    assert numbers(seal="no such") == numbers(year="1999") == numbers(q="nobody & nothing") == []
    assert TrailEntry.objects.filter(action="seal.list_exported").count() == 4
    year, _seal, sequence = number.split("-")
    page = sign_in("leader").get(reverse("seals:ledger"), {"seal": "2"}).content.decode()
    assert f"{year}-{sequence}" in page, "beside the name of the seal its code says nothing"
    assert sign_in("clerk").get(reverse("seals:export")).status_code == 403


@pytest.mark.django_db
def test_the_database_refuses_one_person_as_both(cast: Any, apply: Any, decide: Any) -> None:
    use = apply(cast.custodian, decide(cast.deputy_director)).use_id
    with pytest.raises(IntegrityError), transaction.atomic():
        SealUse.objects.filter(pk=use).update(authorised_by=cast.custodian.party_id)


@pytest.mark.django_db(transaction=True)
def test_one_decision_pressed_eight_times_at_once_seals_once(
    cast: Any, seal: Seal, apply: Any, decide: Any
) -> None:
    decision, custodian = decide(cast.deputy_director), cast.custodian

    def press(_turn: int) -> bool:
        try:
            apply(custodian, decision)
        except api.AuthorisationUsed:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1
    assert SealUse.objects.count() == 1
