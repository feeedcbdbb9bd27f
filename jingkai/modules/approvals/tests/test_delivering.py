"""Results reach their applicants: downloaded, handed over, posted; each once, each on the trail."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jingkai.kernel.audit import api as audit
from jingkai.kernel.notices.models import Notice
from jingkai.kernel.permissions.api import MissingRight
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import Application, Delivery
from jingkai.modules.approvals.operations import delivering as acts
from jingkai.modules.approvals.rules import delivering
from jingkai.modules.approvals.testing import Hall, moment
from jingkai.records.files import api as files
from jingkai.records.files.testing import PDF

pytestmark = pytest.mark.django_db
NOW = "2026-03-10 10:00"
CARD = "11010519491231002X"
"""The number that the standard GB 11643 itself gives as its example."""
WAYBILL = "EA473124829CN"
"""The number that UPU's S10 gives as its example, with this country's sign."""
SEEN = operations.Collector(name="秦经办", capacity="handler", identity="card", number=CARD)
HOME = operations.Address(recipient="秦经办", phone="13800000016", address="兴业大道 18 号")


def delivery_of(hall: Hall, matter: Application) -> Delivery:
    """The delivery of a matter's result as it stands now."""
    return Delivery.objects.select_related("document").get(document=hall.decision(matter).document)


def receipt() -> Any:
    """A signed receipt as it comes in."""
    return files.receive_bytes(PDF, name="送达回证.pdf")


def ask(hall: Hall, found: Delivery, way: str, **more: Any) -> Delivery:
    """Let the handler ask for the paper."""
    by, at = hall.actor("handler", NOW), moment(NOW)
    return operations.ask_for_paper(delivery=found, way=way, address=HOME, by=by, at=at, **more)


def post(hall: Hall, found: Delivery, waybill: str = WAYBILL, on: date = date(2026, 3, 10)) -> Delivery:
    """Let the clerk post the paper."""
    by, at = hall.actor("clerk", NOW), moment(NOW)
    return operations.record_posting(
        delivery=found, carrier="ems", waybill=waybill, on=on, version=found.version, by=by, at=at
    )


def actions(hall: Hall, matter: Application) -> list[str]:
    """What stands on the trail of the case."""
    return [one.action for one in audit.entries_of(hall.case(matter))]


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        ("EA473124829CN", True),
        ("EA473124828CN", False),
        ("RR473124829GB", True),
        ("SF1234567890123", True),
        ("12345", False),
        ("运单123456789", False),
    ],
)
def test_waybill_numbers(number: str, fits: bool) -> None:
    assert delivering.waybill_fits(number) is fits


@pytest.mark.parametrize(
    ("kind", "number", "fits"),
    [
        ("card", "11010519491231002X", True),
        ("card", "110105194912310021", False),
        ("card", "1101051949123100", False),
        ("passport", "E12345678", True),
        ("passport", "E1", False),
        ("other", "张三的证件", False),
    ],
)
def test_numbers_of_identity_documents(kind: str, number: str, fits: bool) -> None:
    assert delivering.identity_fits(kind, number) is fits


def test_a_sealed_result_waits_ten_working_days_and_the_download_is_dated(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    found = delivery_of(hall, matter)
    assert (found.state, found.due_on) == ("open", date(2026, 3, 23))
    by, at = hall.actor("handler", NOW), moment(NOW)
    for _time in range(2):
        operations.record_download(document=found.document, by=by, at=at)
    found.refresh_from_db()
    assert (found.state, found.delivered_at, found.downloaded_by_id) == ("done", at, by.party_id)
    assert actions(hall, matter).count("decision.collected") == 1


def test_the_paper_is_handed_over_against_document_and_signature(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    found = ask(hall, delivery_of(hall, matter), "window")
    by, at = hall.actor("clerk", NOW), moment(NOW)
    given = {"delivery": found, "version": found.version, "by": by, "at": at}
    with pytest.raises(acts.ReceiptMissing):
        operations.hand_over_result(collector=SEEN, receipt=None, **given)
    wrong = operations.Collector(name="秦经办", capacity="handler", identity="card", number="1" * 18)
    with pytest.raises(acts.IdentityWrong):
        operations.hand_over_result(collector=wrong, receipt=receipt(), **given)
    with pytest.raises(MissingRight):
        operations.hand_over_result(
            collector=SEEN, receipt=receipt(), **{**given, "by": hall.actor("officer_fire", NOW)}
        )
    done = operations.hand_over_result(collector=SEEN, receipt=receipt(), **given)
    assert (done.state, done.way, done.identity_tail) == ("done", "window", "002X")
    assert CARD not in str(list(audit.entries_of(hall.case(matter)))[-1].facts)
    assert [one.name for one in files.list_attachments(("delivery", done.pk))] == ["送达回证.pdf"]
    assert Notice.objects.filter(kind="result_delivered", to_id=hall.cast.handler.party_id).exists()
    with pytest.raises(acts.WrongWay):
        operations.hand_over_result(collector=SEEN, receipt=receipt(), **{**given, "version": done.version})


def test_a_letter_is_posted_comes_back_and_arrives(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    by, at = hall.actor("clerk", NOW), moment(NOW)
    found = delivery_of(hall, matter)
    with pytest.raises(acts.WrongWay):
        post(hall, found)
    found = ask(hall, found, "post")
    for waybill, on in (("EA473124828CN", date(2026, 3, 10)), ("12", date(2026, 3, 10))):
        with pytest.raises(acts.WaybillWrong):
            post(hall, found, waybill, on)
    for on in (date(2026, 3, 11), date(2026, 3, 8)):
        with pytest.raises(acts.DayWrong):
            post(hall, found, on=on)
    found = post(hall, found)
    assert (found.state, found.waybill, found.delivered_at) == ("sent", WAYBILL, None)
    with pytest.raises(acts.WrongWay):
        ask(hall, found, "window")
    found = operations.record_return(
        delivery=found, reason="收件人电话无人接听", version=found.version, by=by, at=at
    )
    assert Notice.objects.filter(kind="result_came_back").exists()
    found = post(hall, ask(hall, found, "post"), "SF1234567890123")
    found = operations.record_arrival(
        delivery=found, receiver="秦经办", on=date(2026, 3, 10), version=found.version, by=by, at=at
    )
    assert (found.state, found.received_on, found.delivered_at) == ("done", date(2026, 3, 10), at)
    trail = actions(hall, matter)
    assert [one for one in trail if one.startswith("result.")] == [
        "result.paper_asked",
        "result.posted",
        "result.came_back",
        "result.paper_asked",
        "result.posted",
        "result.arrived",
    ]


def test_one_waybill_belongs_to_one_letter(hall: Hall) -> None:
    first, second = (ask(hall, delivery_of(hall, hall.bring_to("sealed")), "post") for _n in range(2))
    post(hall, first)
    with pytest.raises(acts.WaybillWrong):
        post(hall, second)


def test_nothing_is_handed_out_that_is_not_valid(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    found = ask(hall, delivery_of(hall, matter), "window")
    operations.revoke_result(
        decision=hall.decision(matter),
        reason="依法撤销",
        by=hall.actor("deputy_director", NOW),
        at=moment(NOW),
    )
    by, at = hall.actor("clerk", NOW), moment(NOW)
    with pytest.raises(acts.ResultEnded):
        operations.hand_over_result(
            delivery=found, collector=SEEN, receipt=receipt(), version=found.version, by=by, at=at
        )
    with pytest.raises(acts.ResultEnded):
        ask(hall, found, "post")


def test_the_paper_goes_over_the_pages(hall: Hall, client: Client) -> None:
    """The enterprise asks for the letter, the window posts it and notes its arrival, the list follows."""
    matter = hall.bring_to("sealed")
    hall.travel(NOW)
    hall.log_in(client, "handler")
    document = hall.decision(matter).document
    assert document is not None
    own = reverse("approvals:receive", args=[matter.uuid, document.uuid])
    assert "秦经办" in client.get(own).content.decode()
    short = {"way": "post", "recipient": "秦经办", "phone": "123", "address": "兴业大道"}
    assert client.post(own, with_token(short)).status_code == 422
    assert client.post(own, with_token({**short, "phone": "138 0000 0016"})).status_code == 302
    assert client.get(reverse("approvals:result_file", args=[matter.uuid, document.uuid])).status_code == 302
    found = delivery_of(hall, matter)
    assert (found.state, found.way) == ("asked", "post")

    hall.log_in(client, "clerk")
    assert (
        document.number_text
        in client.get(reverse("approvals:deliveries"), {"state": "todo"}).content.decode()
    )
    page = client.get(reverse("approvals:delivery", args=[found.uuid])).content.decode()
    assert "登记寄出" in page
    assert client.get(reverse("approvals:delivery_receipt", args=[found.uuid])).content.startswith(b"%PDF-")
    send = reverse("approvals:post_result", args=[found.uuid])
    assert client.get(send).status_code == 200
    wrong = {"carrier": "ems", "waybill": "EA473124828CN", "on": "2026-03-10", "version": found.version}
    answer = client.post(send, with_token(wrong))
    assert answer.status_code == 422
    assert "EA473124828CN" in answer.content.decode()
    assert client.post(send, with_token({**wrong, "waybill": WAYBILL})).status_code == 302
    sheet = client.get(reverse("approvals:deliveries_export"))
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    found.refresh_from_db()
    arrived = {"receiver": "秦经办", "on": "2026-03-10", "version": found.version}
    url = reverse("approvals:result_arrived", args=[found.uuid])
    assert client.post(url, with_token(arrived)).status_code == 302
    assert delivery_of(hall, matter).state == "done"


def test_handing_over_by_the_page(hall: Hall, client: Client) -> None:
    matter = hall.bring_to("sealed")
    hall.travel(NOW)
    hall.log_in(client, "clerk")
    found = delivery_of(hall, matter)
    url = reverse("approvals:hand_over_result", args=[found.uuid])
    words = {
        "name": "秦经办",
        "capacity": "handler",
        "identity": "card",
        "number": CARD,
        "version": found.version,
    }
    assert client.post(url, with_token(words)).status_code == 422
    signed = SimpleUploadedFile("送达回证.pdf", PDF, "application/pdf")
    assert client.post(url, {**with_token(words), "receipt": signed}).status_code == 302
    assert delivery_of(hall, matter).state == "done"
    answer = client.get(reverse("approvals:delivery", args=[found.uuid]))
    assert CARD not in answer.content.decode()
    hall.log_in(client, "handler")
    page = client.get(reverse("approvals:matter", args=[matter.uuid])).content.decode()
    assert "窗口领取完成" in page
