"""The library's pages: put in, filter, sort, export, consents; strangers see nothing; few statements."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.enterprises.testing import enrol
from jingkai.modules.licences.models import Entry
from jingkai.modules.licences.testing import own_pdf, put_in, seed

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(cast: Cast, client: Client) -> tuple[Client, Any]:
    seed(cast.at)
    enrol(cast)
    return client, log_in(client, cast.handler)


def test_putting_in_over_the_page(own: tuple[Client, Any]) -> None:
    client, user = own
    data = {
        "type": "business-licence",
        "number": "91320826",
        "file": SimpleUploadedFile("执照.pdf", own_pdf("page"), content_type="application/pdf"),
    }
    answer = client.post(reverse("licences:add"), with_token(data, user=user))
    entry = Entry.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/my/licences/{entry.uuid}/"
    page = client.get(answer["Location"]).content.decode()
    assert "91320826" in page
    assert "营业执照" in page


def test_the_list_is_narrowed_sorted_and_exported(own: tuple[Client, Any], cast: Cast) -> None:
    client, _user = own
    put_in(cast.handler, at=cast.at, mark="1", title="甲")
    put_in(cast.handler, at=cast.at, mark="2", title="乙", until=date(2020, 1, 1))
    url = reverse("licences:mine")
    assert "甲" in client.get(url).content.decode()
    expired = client.get(url + "?state=expired").content.decode()
    assert "乙" in expired
    assert "甲" not in expired
    for sort in ("title", "last_day", "added_at", "nonsense"):
        assert client.get(f"{url}?sort={sort}&after=bad,1").status_code == 200
    sheet = client.get(reverse("licences:mine_export"))
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(sheet)[:2] == b"PK"


def test_the_list_costs_the_same_however_long(own: tuple[Client, Any], cast: Cast) -> None:
    client, _user = own
    put_in(cast.handler, at=cast.at, mark="0")
    url = reverse("licences:mine")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(5):
        put_in(cast.handler, at=cast.at, mark=f"m{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    own_few, own_many = (sum("licences_" in one["sql"] for one in found) for found in (few, many))
    assert own_few == own_many
    assert len(many) <= 8


def test_another_enterprise_sees_nothing(own: tuple[Client, Any], cast: Cast) -> None:
    entry = put_in(cast.other_handler, at=cast.at)
    client, _user = own
    assert client.get(reverse("licences:mine_entry", args=[entry.uuid])).status_code == 404
    assert client.get(reverse("licences:all")).status_code == 403


def test_officers_search_all_libraries(cast: Cast, client: Client) -> None:
    seed(cast.at)
    enrol(cast)
    put_in(cast.handler, at=cast.at, title="甲证")
    put_in(cast.other_handler, at=cast.at, title="乙证")
    log_in(client, cast.officer_fire)
    page = client.get(reverse("licences:all") + "?q=乙证").content.decode()
    assert "乙证" in page
    assert "甲证" not in page
    log_in(client, cast.custodian)
    assert client.get(reverse("licences:all")).status_code == 403
