"""The hall as another system sees it: over HTTP, by its token, within its reach, once."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client

from jingkai.kernel.audit import api as audit
from jingkai.kernel.exchange.testing import ApiClient, make_token
from jingkai.modules.approvals.models import Application, Rating
from jingkai.modules.approvals.rest.schemas import Facts
from jingkai.modules.approvals.testing import FACTS, Hall
from jingkai.modules.approvals.web.forms import FactsForm
from jingkai.modules.enterprises import api as enterprises
from jingkai.records.files.testing import PDF

pytestmark = pytest.mark.django_db
ALL = (
    "items:read",
    "applications:read",
    "applications:write",
    "results:read",
    "ratings:read",
    "ratings:write",
)


def zone_client(*scopes: str) -> ApiClient:
    """A public body's system that sees the whole zone."""
    return ApiClient(make_token(scopes or ALL)[1])


def own_client(hall: Hall, who: str = "enterprise", *scopes: str) -> ApiClient:
    """A system of one enterprise."""
    return ApiClient(make_token(scopes or ALL, enterprise_id=getattr(hall.cast, who).pk)[1])


def code_of(hall: Hall, who: str = "enterprise") -> str:
    """The credit code of an enterprise of the cast."""
    return enterprises.get_enterprise(getattr(hall.cast, who).pk).uscc


def draft_body(hall: Hall, **facts: Any) -> dict[str, Any]:
    """What another system sends to open a draft."""
    return {
        "package": hall.package.code,
        "enterprise": code_of(hall),
        "handler_phone": hall.cast.person("handler").phone,
        "facts": {**FACTS, **facts},
    }


def test_the_catalogue_is_read_page_by_page(hall: Hall) -> None:
    client, seen, cursor = zone_client(), [], ""
    while True:
        page = client.get("items", limit=1, cursor=cursor).json()
        seen += [row["code"] for row in page["rows"]]
        if not (cursor := page["next"]):
            break
    assert seen == sorted(set(seen))
    assert len(seen) == hall.package.items.count()
    one = client.get(f"items/{seen[0]}").json()
    assert one["statutory"] >= (one["promised"] or 0)
    assert client.get("items/nothing").json()["status"] == 404
    package = client.get(f"packages/{hall.package.code}").json()
    assert set(package["items"]) == set(seen)
    assert client.get("packages").json()["rows"][0]["code"] == hall.package.code
    assert client.get("items", limit=1000).status_code == 422
    assert client.get("items", cursor="nonsense").status_code == 200


def test_a_system_fills_in_hands_in_and_follows_an_application(hall: Hall) -> None:
    hall.travel("2026-03-02 09:00")
    client = zone_client()
    made = client.post("applications", draft_body(hall))
    assert made.status_code == 201, made.content
    draft = made.json()
    assert (draft["state"], draft["enterprise"]) == ("draft", code_of(hall))
    assert draft["missing"], "materials are still to come"
    path = f"applications/{draft['id']}"
    early = client.post(f"{path}/submit")
    assert (early.status_code, early["Content-Type"]) == (422, "application/problem+json")
    for material in hall.package.materials.filter(required=True):
        kind = "dwg" if "dwg" in material.accepted and "pdf" not in material.accepted else "pdf"
        assert kind == "pdf" or material.accepted
        sent = send_file(client, f"{path}/materials/{material.code}", material.name)
        assert sent.status_code == 201, sent.content
    changed = client.send(
        "PATCH", path, {"version": client.get(path).json()["version"], "facts": {"floors_above": 4}}
    )
    assert changed.status_code == 200, changed.content
    assert changed.json()["missing"] == []
    handed_in = client.post(f"{path}/submit")
    assert handed_in.status_code == 200, handed_in.content
    assert handed_in.json()["reference"]
    progress = client.get(f"{path}/progress").json()
    assert progress["holders"][0]["unit"]
    assert progress["clocks"][0]["due_on"] == "2026-03-09"
    row = Application.objects.get(uuid=draft["id"])
    assert row.facts["floors_above"] == 4
    assert row.facts["project_name"] == FACTS["project_name"]
    entry = next(one for one in audit.entries_of(row.case) if one.action == "application.submitted")
    assert (entry.actor_id, entry.actor_kind) == (hall.cast.handler.party_id, "program")


def send_file(client: ApiClient, path: str, name: str) -> Any:
    """Send one file as it is."""
    client.headers["x-file-name"] = quote(f"{name}.pdf")
    return client.send("PUT", path, PDF, kind="application/octet-stream")


def test_the_same_key_acts_once_and_another_body_is_refused(hall: Hall) -> None:
    client, key = zone_client(), str(uuid4())
    first = client.post("applications", draft_body(hall), key=key)
    again = client.post("applications", draft_body(hall), key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert Application.objects.count() == 1
    other = client.post("applications", draft_body(hall, project_name="另一个"), key=key)
    assert (other.status_code, other["Content-Type"]) == (409, "application/problem+json")
    elsewhere = zone_client().post("applications", draft_body(hall), key=key)
    assert elsewhere.status_code == 201, "another caller's key is another key"
    none = client.client.post(
        "/api/v1/applications",
        json.dumps(draft_body(hall)),
        content_type="application/json",
        headers=client.headers,
    )
    assert none.status_code == 400
    assert Application.objects.count() == 2


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
@pytest.mark.parametrize("where", ["handler_phone", "enterprise", "more"])
def test_a_text_that_nothing_can_store_is_refused_in_words(hall: Hall, sign: str, where: str) -> None:
    for value in (f"1{sign}", [{f"a{sign}": 1}]):
        answer = zone_client().post("applications", {**draft_body(hall), where: value})
        assert answer.status_code == 400
        assert "空字符" in answer.json()["detail"]
    assert not Application.objects.exists()


def test_a_refused_call_leaves_nothing_and_frees_its_key(hall: Hall) -> None:
    client, key = zone_client(), str(uuid4())
    wrong = client.post("applications", {**draft_body(hall), "handler_phone": "13700000000"}, key=key)
    assert wrong.status_code == 422
    assert not Application.objects.exists()
    assert client.post("applications", draft_body(hall), key=key).status_code == 201


@pytest.mark.parametrize(
    "broken",
    [
        {"enterprise": "91320826MA00000000"},
        {"handler_phone": "13900000000"},
        {"facts": {"project_code": "12345"}},
        {"facts": {"building_area": "0"}},
        {"facts": {"colour": "red"}},
        {"more": 1},
        {"facts": {"floors_above": "many"}},
    ],
)
def test_wrong_values_are_told_field_by_field(hall: Hall, broken: dict[str, Any]) -> None:
    answer = zone_client().post("applications", {**draft_body(hall), **broken})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json().get("errors") or answer.json()["detail"]
    assert not Application.objects.exists()


def test_bodies_of_other_kinds_and_sizes_are_refused(hall: Hall) -> None:
    client = zone_client()
    assert (
        client.send("POST", "applications", b"a=b", kind="application/x-www-form-urlencoded").status_code
        == 415
    )
    assert client.send("POST", "applications", b"{" + b" " * 1_100_000 + b"}").status_code == 413
    assert client.send("POST", "applications", b"{nonsense").status_code in (400, 422)
    assert client.send("DELETE", "applications", b"").status_code == 405
    assert client.get("nowhere/at/all")["Content-Type"] == "application/problem+json"


def test_an_enterprise_reaches_its_own_matters_only(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    sealed = zone_client().get("results").json()["rows"][0]
    for path in (
        f"applications/{matter.uuid}",
        f"applications/{matter.uuid}/progress",
        f"results/{sealed['id']}",
        f"results/{sealed['id']}/file",
    ):
        assert own_client(hall).get(path).status_code == 200, path
        assert own_client(hall, "other_enterprise").get(path).status_code == 404, path
    assert own_client(hall, "other_enterprise").get("applications").json()["rows"] == []
    assert own_client(hall, "other_enterprise").get("results").json()["rows"] == []
    foreign = own_client(hall, "other_enterprise").post("applications", draft_body(hall))
    assert foreign.status_code == 422
    draft = hall.draft()
    reader = zone_client("applications:read")
    assert reader.get(f"applications/{draft.uuid}").status_code == 404, "drafts are working paper"
    assert len(reader.get("applications").json()["rows"]) == 1


def test_results_are_the_sealed_file_itself(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    client = zone_client("results:read")
    row = client.get("results", application=matter.uuid).json()["rows"][0]
    document = hall.decision(matter).document
    assert document is not None
    assert (row["number"], row["sha256"]) == (document.number_text, document.sha256)
    file = client.get(f"results/{row['id']}/file")
    assert file.content.startswith(b"%PDF")
    assert file["Content-Type"] == "application/pdf"
    assert client.get("applications").status_code == 403


def test_who_may_not_call_is_told_so_before_the_body_is_read(hall: Hall) -> None:
    reader = zone_client("results:read")
    assert reader.post("ratings", {"level": "no number"}).status_code == 403
    assert zone_client().post("ratings", {"level": "no number"}).status_code == 422


def test_a_rating_comes_in_once(hall: Hall) -> None:
    matter = hall.bring_to("sealed")
    client, body = zone_client(), {"application": str(matter.uuid), "level": 2, "comment": "等了太久"}
    assert client.post("ratings", {**body, "level": 6}).status_code == 422
    assert client.post("ratings", body).status_code == 201
    assert client.post("ratings", body).status_code == 409
    assert [(one.level, one.comment) for one in Rating.objects.all()] == [(2, "等了太久")]
    assert client.get("ratings").json()["rows"][0]["level"] == 2


def test_the_schema_asks_what_the_form_asks() -> None:
    assert set(Facts.model_fields) == set(FactsForm.base_fields)
    offered = {name: [code for code, _label in field.choices] for name, field in choices().items()}
    written = json.dumps(Facts.model_json_schema())
    for codes in offered.values():
        assert json.dumps(codes) in written


def choices() -> dict[str, Any]:
    """The fields of the form that offer choices."""
    return {name: field for name, field in FactsForm.base_fields.items() if hasattr(field, "choices")}


def test_the_interface_is_written_down_for_programs_and_people() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert {"/api/v1/items", "/api/v1/applications/{number}/submit"} <= set(schema["paths"])
    post = schema["paths"]["/api/v1/applications"]["post"]
    assert any(one["name"] == "Idempotency-Key" for one in post["parameters"])
    assert post["x-scope"] == "applications:write"
    page = Client().get("/api/v1/").content.decode()
    for path in schema["paths"]:
        assert path in page
