"""The administrator's pages: platforms are data, the secret never leaves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.exchange.testing import list_host
from jingkai.kernel.federation.data import CLAIMS, USUAL_CLAIMS
from jingkai.kernel.federation.models import Provider
from jingkai.kernel.federation.testing import Identities
from jingkai.kernel.organisation.testing import Cast

pytestmark = pytest.mark.django_db
GIVEN = {
    "name": "国家政务服务平台",
    "name_en": "National platform",
    "code": "national",
    "issuer": "https://login.example.gov.cn",
    "client_id": "zone-1",
    "secret": "top-s3cret",
    "proof": "client_secret_post",
    "scopes": "openid profile",
    "levels": "2  3",
    "methods": "",
    "max_age_minutes": "30",
    "version": "0",
    **{f"claim_{name}": USUAL_CLAIMS[name] for name in CLAIMS},
}


def once(client: Client, path: str, part: str = "") -> str:
    page = client.get(path).content.decode()
    return re.search(r'name="_once" value="([^"]+)"', page.split(part, 1)[1] if part else page)[1]


def test_an_administrator_connects_a_platform(client: Client, cast: Cast) -> None:
    log_in(client, cast.security_admin)
    refused = client.post("/system/unified/new", {**GIVEN, "_once": once(client, "/system/unified/new")})
    assert refused.status_code == 422  # its host stands on no list
    list_host("login.example.gov.cn", "login")
    no_openid = {**GIVEN, "scopes": "profile", "_once": once(client, "/system/unified/new")}
    assert client.post("/system/unified/new", no_openid).status_code == 422
    answer = client.post("/system/unified/new", {**GIVEN, "_once": once(client, "/system/unified/new")})
    row = Provider.objects.get()
    assert answer["Location"] == f"/system/unified/{row.uuid}"
    assert not row.active
    page = client.get(answer["Location"]).content.decode()
    assert "top-s3cret" not in page
    assert "/accounts/unified/national/back/" in page
    assert "/accounts/unified/national/ended/" in page
    assert (row.settings().levels, row.settings().methods, row.max_age_minutes) == (("2", "3"), (), 30)
    assert row.secret == "top-s3cret"
    with_sql = Provider.objects.raw("SELECT id, secret AS raw FROM federation_provider")[0]
    assert "top-s3cret" not in str(with_sql.raw)


def test_a_change_keeps_the_secret_and_meets_a_stale_form(client: Client, cast: Cast) -> None:
    list_host("login.example.gov.cn", "login")
    log_in(client, cast.security_admin)
    client.post("/system/unified/new", {**GIVEN, "_once": once(client, "/system/unified/new")})
    row = Provider.objects.get()
    edit = f"/system/unified/{row.uuid}/edit"
    assert "top-s3cret" not in client.get(edit).content.decode()
    given = {**GIVEN, "secret": "", "name": "国家平台", "version": str(row.version)}
    assert client.post(edit, {**given, "_once": once(client, edit)}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.secret) == ("国家平台", "top-s3cret")
    assert client.post(edit, {**given, "name": "别的", "_once": once(client, edit)}).status_code == 422
    facts = [entry for entry in entries_of(row) if entry.action == "federation.changed"]
    assert facts[0].facts["changed"] == ["name"]


def test_it_is_tried_and_switched(client: Client, cast: Cast, identities: Identities) -> None:
    log_in(client, cast.security_admin)
    row = identities.provider
    path = f"/system/unified/{row.uuid}"
    client.post(f"{path}/check")
    assert "5" in client.get(path).content.decode()
    identities.platform.fault = "nonsense"
    client.post(f"{path}/check", headers={"accept-language": "en"})
    page = client.get(path, headers={"accept-language": "en"}).content.decode()
    assert "cannot be used" in page
    client.post(f"{path}/switch", {"active": "0", "_once": once(client, path, f"{path}/switch")})
    row.refresh_from_db()
    assert not row.active
    assert client.get("/system/unified?q=省&state=off").status_code == 200


def test_nobody_else_comes_near(client: Client, cast: Cast, identities: Identities) -> None:
    for member in (cast.system_admin, cast.clerk, cast.handler):
        visitor: Any = Client()
        log_in(visitor, member)
        assert visitor.get(f"/system/unified/{identities.provider.uuid}").status_code in (302, 403)
