"""The pages of seals: who may look, who may manage."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from jingkai.kernel.submissions.testing import with_token
from jingkai.records.seals import api
from jingkai.records.seals.models import Seal

pytestmark = pytest.mark.django_db


def address(seal: Seal, page: str = "seal") -> str:
    return reverse(f"seals:{page}", args=[seal.uuid])


@pytest.mark.parametrize(
    ("who", "status"),
    [("custodian", 200), ("leader", 200), ("security_admin", 200), ("clerk", 403), ("handler", 403)],
)
def test_who_may_see_seals(sign_in: Any, seal: Seal, who: str, status: int) -> None:
    client = sign_in(who)
    for page in (reverse("seals:ledger"), address(seal), address(seal, "face")):
        assert client.get(page).status_code == status


def test_the_page_shows_face_custody_and_state(sign_in: Any, seal: Seal) -> None:
    client = sign_in("custodian")
    text = client.get(address(seal)).content.decode()
    for word in (seal.name, "郑印", "主任办公会决定", "使用中", "演示印章"):
        assert word in text, word
    face = client.get(address(seal, "face"))
    assert face["Content-Type"] == "image/png"
    assert face.content.startswith(b"\x89PNG")


def test_an_unknown_seal_is_not_found(sign_in: Any, seal: Seal) -> None:
    assert sign_in("custodian").get(reverse("seals:seal", args=[uuid4()])).status_code == 404


@pytest.mark.parametrize("page", ["hand_over", "state"])
def test_only_managers_manage(sign_in: Any, seal: Seal, page: str) -> None:
    client = sign_in("custodian")
    assert client.get(address(seal, page)).status_code == 403
    assert client.post(address(seal, page), with_token(user=client.user)).status_code == 403
    assert client.get(reverse("seals:make")).status_code == 403


def test_a_handover_on_the_page(cast: Any, sign_in: Any, seal: Seal) -> None:
    heir = cast.empower("clerk_2", api.APPLY)
    client = sign_in("security_admin")
    assert "周窗口" in client.get(address(seal, "hand_over")).content.decode()
    data = {"custodian": heir.party_id, "basis": "岗位调整", "version": seal.version}
    assert client.post(address(seal, "hand_over"), with_token(data, user=client.user)).status_code == 302
    assert api.custodian_of("2") == heir.party_id


def test_a_handover_to_someone_without_the_right_is_not_offered(cast: Any, sign_in: Any, seal: Seal) -> None:
    client = sign_in("security_admin")
    data = {"custodian": cast.clerk.party_id, "basis": "x", "version": seal.version}
    assert client.post(address(seal, "hand_over"), with_token(data, user=client.user)).status_code == 422
    assert api.custodian_of("2") == cast.custodian.party_id


def test_a_stale_form_changes_nothing(cast: Any, sign_in: Any, seal: Seal) -> None:
    client = sign_in("security_admin")
    data = {"to": "suspended", "reason": "盘点", "version": seal.version + 1}
    assert client.post(address(seal, "state"), with_token(data, user=client.user)).status_code == 409
    seal.refresh_from_db()
    assert seal.state == "active"


def test_suspending_on_the_page(sign_in: Any, seal: Seal) -> None:
    client = sign_in("security_admin")
    data = {"to": "suspended", "reason": "盘点", "version": seal.version}
    assert client.post(address(seal, "state"), with_token(data, user=client.user)).status_code == 302
    seal.refresh_from_db()
    assert seal.state == "suspended"


def test_making_a_seal_on_the_page(cast: Any, sign_in: Any, seal: Seal) -> None:
    client = sign_in("security_admin")
    data = {
        "code": "contract",
        "name": "合同专用章",
        "ring_text": "示范经济开发区管理委员会",
        "line_text": "合同专用章",
        "diameter_mm": "42",
        "custodian": cast.custodian.party_id,
        "basis": "主任办公会决定",
        "demo": "on",
    }
    assert client.post(reverse("seals:make"), with_token(data, user=client.user)).status_code == 302
    assert Seal.objects.get(code="contract").demo
    twice = client.post(reverse("seals:make"), with_token(data, user=client.user))
    assert twice.status_code == 409
    assert "contract" in twice.content.decode()


@pytest.mark.parametrize("page", ["seal", "face", "hand_over", "state"])
def test_visitors_are_asked_to_log_in(client: Any, seal: Seal, page: str) -> None:
    answer = client.get(address(seal, page))
    assert (answer.status_code, "login" in answer["Location"]) == (302, True)
