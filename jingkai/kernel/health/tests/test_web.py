"""What machines ask: alive, ready, measurements; and the line of log of every request."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError
from django.test import Client

from jingkai.kernel.health import queries


@pytest.fixture(autouse=True)
def _nothing_known_of_the_tables() -> None:
    queries._current.clear()


def test_live_needs_no_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"live": True}


@pytest.mark.django_db
def test_ready_when_tables_are_up_to_date(client: Client) -> None:
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (200, {"ready": True})


@pytest.mark.django_db
def test_not_ready_while_migrations_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda _self, _targets: [("x", False)])
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "reason": "migrations"})


@pytest.mark.django_db
def test_ready_asks_for_the_tables_only_until_they_are_found(
    client: Client, django_assert_num_queries: Any
) -> None:
    client.get("/health/ready")
    with django_assert_num_queries(1):
        client.get("/health/ready")


@pytest.mark.django_db
def test_not_ready_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_self: Any, _connection: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(MigrationExecutor, "__init__", gone)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (503, {"ready": False, "reason": "database"})


@pytest.mark.django_db
def test_metrics_count_requests_and_jobs(client: Client) -> None:
    client.get("/health/live")
    text = client.get("/metrics").content.decode()
    assert 'jingkai_requests_total{method="GET",page="health:live",status="200"}' in text
    assert 'jingkai_jobs{state="failed"} 0.0' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "headers", "token", "status"),
    [
        ("127.0.0.1", {}, "", 200),
        ("::1", {}, "", 200),
        ("10.1.2.3", {}, "", 403),
        ("", {}, "", 403),
        ("127.0.0.1", {"x-forwarded-for": "10.1.2.3"}, "", 403),
        ("127.0.0.1", {}, "s3cret", 403),
        ("10.1.2.3", {"authorization": "Bearer s3cret"}, "s3cret", 200),
        ("10.1.2.3", {"authorization": "Bearer wrong"}, "s3cret", 403),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(
    client: Client, settings: Any, address: str, headers: dict[str, str], token: str, status: int
) -> None:
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", REMOTE_ADDR=address, headers=headers).status_code == status


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
def test_only_reading_is_answered(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_each_request_is_logged_once_without_its_query(client: Client) -> None:
    with structlog.testing.capture_logs() as lines:
        client.get("/nowhere?phone=13800000000")
    (line,) = [line for line in lines if line["event"] == "request"]
    assert (line["path"], line["status"], line["page"]) == ("/nowhere", 404, "none")
    assert "13800000000" not in str(line)


@pytest.mark.django_db
def test_every_answer_carries_the_id_of_its_request(client: Client) -> None:
    first, second = client.get("/health/live"), client.get("/health/live")
    assert first["X-Request-ID"] != second["X-Request-ID"]
