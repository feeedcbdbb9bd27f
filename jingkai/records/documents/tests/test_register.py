"""The register and the files behind it: only for those who may."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.audit.models import TrailEntry
from jingkai.kernel.submissions.testing import with_token
from jingkai.records.documents import api
from jingkai.records.documents.testing import letter, paper
from jingkai.records.files.api import read_stored
from jingkai.records.files.data import OwnerKind
from jingkai.records.files.testing import owning

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def case(cast: Any) -> Iterator[None]:
    kind = OwnerKind(code="test.case", may_read=lambda actor, _id: actor.party_id == cast.clerk.party_id)
    with owning(kind):
        yield


@pytest.fixture
def notice(cast: Any) -> Any:
    """An unsealed document addressed to the cast's enterprise."""
    given = paper(content=letter(sealed=False), addressee_id=cast.enterprise.pk)
    return api.issue(paper=given, by=cast.clerk, at=cast.at)


@pytest.mark.parametrize(
    ("who", "status"),
    [("clerk", 200), ("handler", 200), ("leader", 200), ("other_handler", 403), ("officer_fire", 403)],
)
def test_who_may_open_a_paper(sign_in: Any, notice: Any, who: str, status: int) -> None:
    answer = sign_in(who).get(reverse("documents:file", args=[notice.uuid]))
    assert answer.status_code == status
    if status == 200:
        assert b"".join(answer) == read_stored(notice.file)
        assert list(entries_of(notice))[-1].action == "document.read"


def test_the_addressee_does_not_see_a_draft(cast: Any, sign_in: Any) -> None:
    draft = api.prepare_document(paper=paper(addressee_id=cast.enterprise.pk), by=cast.clerk, at=cast.at)
    assert sign_in("handler").get(reverse("documents:file", args=[draft.uuid])).status_code == 403


def test_a_paper_is_saved_under_its_title_and_number(sign_in: Any, notice: Any) -> None:
    answer = sign_in("clerk").get(reverse("documents:download", args=[notice.uuid]))
    assert answer["Content-Disposition"].startswith("attachment")
    assert "%E3%80%94" in answer["Content-Disposition"]


@pytest.mark.parametrize("page", ["file", "download", "document", "revoke"])
def test_visitors_are_asked_to_log_in(client: Any, notice: Any, page: str) -> None:
    answer = client.get(reverse(f"documents:{page}", args=[notice.uuid]))
    assert (answer.status_code, "login" in answer["Location"]) == (302, True)


@pytest.mark.parametrize(("who", "status"), [("leader", 200), ("clerk", 403), ("handler", 403)])
def test_the_register_needs_its_right(sign_in: Any, notice: Any, who: str, status: int) -> None:
    client = sign_in(who)
    for address in (reverse("documents:register"), reverse("documents:document", args=[notice.uuid])):
        answer = client.get(address)
        assert answer.status_code == status
        if status == 200:
            assert notice.number_text in answer.content.decode()


def test_the_register_is_searched_and_paged(cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from jingkai.records.documents.web import register

    monkeypatch.setattr(register, "PAGE", 2)
    numbers = [
        api.issue(paper=paper(content=letter(sealed=False)), by=cast.clerk, at=cast.at).number_text
        for _ in range(3)
    ]
    client = sign_in("leader")
    first = client.get(reverse("documents:register"))
    assert numbers[2] in first.content.decode()
    assert numbers[0] not in first.content.decode()
    older = client.get(reverse("documents:register") + first.context["pager"].older_url)
    assert numbers[0] in older.content.decode()
    found = client.get(reverse("documents:register"), {"q": numbers[1], "state": "valid"})
    assert numbers[1] in found.content.decode()
    assert client.get(reverse("documents:register"), {"q": "没有"}).status_code == 200


def test_an_unknown_document_is_not_found(sign_in: Any) -> None:
    assert sign_in("leader").get(reverse("documents:document", args=[uuid4()])).status_code == 404


def test_revoking_on_the_page(sign_in: Any, notice: Any) -> None:
    client, address = sign_in("deputy_director"), reverse("documents:revoke", args=[notice.uuid])
    assert client.get(address).status_code == 200
    data = {"end_class": "withdrawn", "reason": "情况变化", "version": notice.version}
    answer = client.post(address, with_token(data, user=client.user))
    assert answer.status_code == 302
    notice.refresh_from_db()
    assert (notice.state, notice.end_reason) == ("revoked", "情况变化")


def test_revoking_a_changed_document_is_refused(sign_in: Any, notice: Any) -> None:
    client, address = sign_in("deputy_director"), reverse("documents:revoke", args=[notice.uuid])
    data = {"end_class": "withdrawn", "reason": "x", "version": notice.version + 1}
    assert client.post(address, with_token(data, user=client.user)).status_code == 409
    notice.refresh_from_db()
    assert notice.state == "valid"


def test_revoking_without_a_reason_shows_the_form_again(sign_in: Any, notice: Any) -> None:
    client, address = sign_in("deputy_director"), reverse("documents:revoke", args=[notice.uuid])
    data = {"end_class": "withdrawn", "reason": "", "version": notice.version}
    assert client.post(address, with_token(data, user=client.user)).status_code == 200
    notice.refresh_from_db()
    assert notice.state == "valid"


@pytest.mark.parametrize("who", ["clerk", "custodian", "handler"])
def test_revoking_needs_its_right(sign_in: Any, notice: Any, who: str) -> None:
    assert sign_in(who).get(reverse("documents:revoke", args=[notice.uuid])).status_code == 403


def test_the_register_leaves_as_a_spreadsheet_narrowed_as_on_the_page(sign_in: Any, notice: Any) -> None:
    export = reverse("documents:export")

    def numbers(text: str) -> list[Any]:
        answer = sign_in("leader").get(export, {"q": text})
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
        return [cell.value for cell in sheet["A"]][1:]

    assert numbers(notice.number_text) == [notice.number_text]
    assert numbers("no such & number") == []
    assert TrailEntry.objects.filter(action="document.list_exported").count() == 2
    assert sign_in("officer_fire").get(export).status_code == 403
