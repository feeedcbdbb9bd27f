"""The state seal service over HTTP, on good days and bad ones: sealed once, checked, nothing lost."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import run_jobs
from jingkai.kernel.exchange.api import serving
from jingkai.kernel.exchange.models import Exchange
from jingkai.kernel.permissions.api import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.records.files import api as files
from jingkai.records.seals import api, operations, standins
from jingkai.records.seals.data import STANDING, SealPlace, StandingPaper
from jingkai.records.seals.models import OutsideSealing, Seal, SealUse, StandingAuthorisation
from jingkai.records.seals.operations import StandingDraft
from jingkai.records.seals.operations.outside import NotOurPaper
from jingkai.records.seals.rules import standing_papers
from jingkai.records.seals.standins import StateSeals
from jingkai.records.seals.tests.test_apply import LETTER
from jingkai.records.typesetting.api import typeset

pytestmark = pytest.mark.django_db
State = Exchange.State
Order = Callable[..., OutsideSealing]


@pytest.fixture
def service(settings: Any, seals_folder: Path, tmp_path: Path, cast: Any) -> Iterator[StateSeals]:
    """The real stand-in on loopback, trusted here, and the product told to use it."""
    standin = StateSeals("zone", "s3cret", tmp_path / "state", now=lambda: timezone.now().timestamp())
    trusted = seals_folder / "trusted"
    trusted.mkdir(exist_ok=True)
    root = trusted / "state-standin.pem"
    root.write_bytes(standin.root())
    with serving(standin) as address:
        settings.SEALS_URL, settings.SEALS_KEY, settings.SEALS_SECRET = address, "zone", "s3cret"
        yield standin
    root.unlink()


@pytest.fixture
def state_seal(seal: Seal, cast: Any) -> Seal:
    """Seal no. 2, whose key the state service keeps."""
    return operations.change_keeper(
        seal_id=seal.pk,
        keeper="state",
        outside_code="ZJ-2026-0002",
        basis="统一电子印章系统开通通知",
        seen_version=seal.version,
        by=SYSTEM,
        at=cast.at,
    )


@pytest.fixture
def order(cast: Any, state_seal: Seal, files_folder: Path, decide: Any) -> Order:
    """Order the state seal on a letter."""
    made = typeset("typesetting/letter", LETTER, at=cast.at)
    spot = made.spots["seal"]

    def act(decision: tuple[str, int] | None = None, by: Any = None) -> OutsideSealing:
        return api.order_seal(
            pdf=made.content,
            seal_code="2",
            place=SealPlace(spot.page, spot.x, spot.y),
            authorisation=decision or decide(cast.deputy_director),
            purpose="消防设计审查意见书",
            title=LETTER.title,
            number=LETTER.number,
            subject=("test.document", 5),
            by=by or cast.custodian,
            at=cast.at,
        )

    return act


def test_a_paper_is_sealed_there_once_and_entered_here(
    service: StateSeals, order: Order, decide: Any
) -> None:
    made = order()
    run_jobs(raise_errors=False)
    made.refresh_from_db()
    assert (made.state, made.outside_number[:2]) == ("done", "QZ")
    row = Exchange.objects.get(kind="seals.apply")
    assert (row.state, row.outside_number) == (State.ANSWERED, made.outside_number)
    assert made.sealed is not None
    (report,) = api.verify(files.read_stored(made.sealed))
    assert (report.good, report.seal) == (True, "省统一电子印章（演示）")
    use = SealUse.objects.get()
    assert (use.pk, use.applied_by_id) == (made.use_id, made.ordered_by_id)
    assert [one.action for one in entries_of(made.seal)][-2:] == ["seal.ordered", "seal.applied"]
    assert service.asked == ["/seal/query", "/seal/sign"]


def test_nobody_orders_what_they_may_not_seal(
    service: StateSeals, order: Order, cast: Any, decide: Any
) -> None:
    with pytest.raises(api.NotCustodian):
        order(by=replace(cast.deputy_director, permissions=cast.custodian.permissions))
    with pytest.raises(api.OwnAuthorisation):
        order(decide(cast.custodian))
    decision = decide(cast.deputy_director)
    order(decision)
    with pytest.raises(api.OrderedAlready):
        order(decision)


@pytest.mark.parametrize("fault", ["down", "nonsense", "cut", "lost"])
def test_a_sick_service_seals_later_and_never_twice(
    service: StateSeals, order: Order, fault: str, cast: Any
) -> None:
    service.fault = fault
    with time_machine.travel(cast.at, tick=False) as clock:
        made = order()
        run_jobs(raise_errors=False)
        row = Exchange.objects.get(kind="seals.apply")
        assert (row.state, bool(row.problem), row.needs_hand) == (State.FAILED, True, False)
        assert SealUse.objects.count() == 0
        service.fault = ""
        clock.shift(timedelta(minutes=2))
        run_jobs(raise_errors=False)
    made.refresh_from_db()
    assert made.state == "done"
    assert len(service.sealed) == 1
    assert service.asked.count("/seal/sign") == 1 or fault != "lost"


@pytest.mark.parametrize("fault", ["altered", "foreign"])
def test_what_is_not_our_paper_is_refused_and_a_person_looks(
    service: StateSeals, order: Order, fault: str
) -> None:
    service.fault = fault
    made = order()
    run_jobs(raise_errors=False)
    row = Exchange.objects.get(kind="seals.apply")
    assert (row.state, row.needs_hand) == (State.FAILED, True)
    made.refresh_from_db()
    assert (made.state, SealUse.objects.count()) == ("waiting", 0)


def test_a_service_that_nobody_trusts_is_refused(
    service: StateSeals, order: Order, seals_folder: Path
) -> None:
    root = seals_folder / "trusted" / "state-standin.pem"
    kept = root.read_bytes()
    root.unlink()
    made = order()
    run_jobs(raise_errors=False)
    root.write_bytes(kept)
    made.refresh_from_db()
    assert made.state == "waiting"


def test_a_refusal_waits_for_a_person(service: StateSeals, order: Order) -> None:
    service.says_no = "印章编码未备案"
    order()
    run_jobs(raise_errors=False)
    row = Exchange.objects.get(kind="seals.apply")
    assert (row.needs_hand, row.problem) == (True, "印章编码未备案")


def test_without_a_way_it_is_sealed_there_by_hand(
    service: StateSeals, order: Order, settings: Any, cast: Any, client: Client
) -> None:
    """The paper is saved, sealed in the service itself, and handed in; a wrong file is refused."""
    settings.SEALS_URL = ""
    made = order()
    row = Exchange.objects.get(kind="seals.apply")
    assert row.needs_hand
    pdf = files.read_stored(made.paper)
    told = {"sealCode": "ZJ-2026-0002", "page": made.page, "x": made.x, "y": made.y}
    sealed = service._seal({**told, "fileData": encoded(pdf)})
    log_in(client, cast.custodian)
    assert client.get(reverse("seals:outside")).status_code == 200
    url = reverse("seals:arrived", args=[made.uuid])
    saved = client.get(reverse("seals:outside_paper", args=[made.uuid]))
    assert b"".join(saved.streaming_content) == pdf
    answer = client.post(url, {**with_token({"number": "QZ1"}), "paper": given(pdf)})
    assert answer.status_code == 422
    right = given(decoded(sealed["fileData"]))
    assert client.post(url, {**with_token({"number": "QZ20260001"}), "paper": right}).status_code == 302
    made.refresh_from_db()
    row.refresh_from_db()
    assert (made.state, made.outside_number, row.state) == ("done", "QZ20260001", State.BY_HAND)


def test_a_changed_copy_is_not_entered(service: StateSeals, order: Order, cast: Any) -> None:
    made = order()
    run_jobs(raise_errors=False)
    made.refresh_from_db()
    other = OutsideSealing.objects.get(pk=made.pk)
    OutsideSealing.objects.filter(pk=made.pk).update(state="waiting", use=None, sealed=None)
    assert made.sealed is not None
    content = files.read_stored(made.sealed).replace(b"/Type /Page", b"/Type /Pagf", 1)
    with pytest.raises(NotOurPaper):
        operations.accept_by_hand(order=other, content=content, number="QZ1", by=cast.custodian, at=cast.at)


def test_where_a_key_is_kept_is_written_down_with_its_basis(seal: Seal, cast: Any, client: Client) -> None:
    log_in(client, cast.security_admin)
    url = reverse("seals:keeper", args=[seal.uuid])
    assert client.get(url).status_code == 200
    words = {"keeper": "state", "outside_code": "", "basis": "通知", "version": seal.version}
    assert client.post(url, with_token(words)).status_code == 409
    assert client.post(url, with_token({**words, "outside_code": "ZJ-2"})).status_code == 302
    seal.refresh_from_db()
    assert (seal.keeper, seal.outside_code) == ("state", "ZJ-2")


def encoded(content: bytes) -> str:
    """Bytes as the service takes them."""
    return base64.b64encode(content).decode()


def decoded(text: str) -> bytes:
    """Bytes as the service gives them."""
    return base64.b64decode(text)


def given(content: bytes) -> SimpleUploadedFile:
    """A file that somebody hands in."""
    return SimpleUploadedFile("签章件.pdf", content, "application/pdf")


@pytest.fixture
def notices(cast: Any, state_seal: Seal) -> Iterator[Callable[..., OutsideSealing]]:
    """Order the state seal on notices under a standing authorisation, as at the window."""
    made = typeset("typesetting/letter", LETTER, at=cast.at)
    spot = made.spots["seal"]
    with standing_papers.including(StandingPaper("test.notice", "试验通知书", "Test notice")):
        draft = StandingDraft(
            seal_code="2",
            papers=("test.notice",),
            users_id=cast.units["approval"].pk,
            basis="试验",
            starts_on=timezone.localdate(cast.at),
        )
        given = operations.give_standing(draft=draft, by=cast.leader, at=cast.at)

        def act(paper: int, by: Any = None) -> OutsideSealing:
            return api.order_seal(
                pdf=made.content,
                seal_code="2",
                place=SealPlace(spot.page, spot.x, spot.y),
                authorisation=(STANDING, given.pk),
                purpose=LETTER.title,
                title=LETTER.title,
                number=LETTER.number,
                subject=("test.document", paper),
                paper_kind="test.notice",
                by=by or cast.clerk,
                at=cast.at,
            )

        yield act


def test_notices_under_a_standing_authorisation_are_sealed_there_each_once(
    service: StateSeals, files_folder: Path, notices: Callable[..., OutsideSealing], cast: Any
) -> None:
    first, by_law = notices(1), notices(2, by=SYSTEM)
    with pytest.raises(api.OrderedAlready):
        notices(1)
    with pytest.raises(api.NotCustodian):
        notices(3, by=cast.officer_fire)
    operations.end_standing(
        standing=StandingAuthorisation.objects.get(), reason="到期", version=1, by=cast.leader, at=cast.at
    )
    run_jobs(raise_errors=False)
    for one in (first, by_law):
        one.refresh_from_db()
    assert (first.state, by_law.state) == ("done", "done")
    assert [use.applied_by_id for use in SealUse.objects.order_by("pk")] == [cast.clerk.party_id, None]


def test_the_list_is_narrowed_and_taken_out(
    service: StateSeals, order: Order, sign_in: Any, cast: Any
) -> None:
    made = order()
    client = sign_in("custodian")
    address = reverse("seals:outside")
    assert made.purpose in client.get(address, {"q": "消防"}).content.decode()
    assert made.purpose in client.get(address, {"state": "waiting"}).content.decode()
    assert made.purpose not in client.get(address, {"state": "done"}).content.decode()
    assert made.purpose not in client.get(address, {"before": str(made.pk)}).content.decode()
    sheet = client.get(reverse("seals:outside_export"), {"state": "waiting"})
    assert sheet["Content-Type"].endswith("sheet")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"


def test_the_stand_ins_root_lies_where_nobody_else_reads(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEALS_FOLDER = tmp_path / "new" / "seals"
    monkeypatch.setattr(standins, "serve_for_ever", lambda *given: None)
    standins.serve_seals(port=0, folder=tmp_path / "service")
    laid = [settings.SEALS_FOLDER, *settings.SEALS_FOLDER.rglob("*")]
    assert [path.name for path in laid] == ["seals", "trusted", "state-standin.pem"]
    assert not any(path.stat().st_mode & 0o077 for path in laid)
