"""Tests of the drawing that the viewer reads."""

from datetime import UTC, datetime

import pytest

from jingkai.casework.flow import api
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.permissions.data import SYSTEM

NOW = datetime(2026, 3, 2, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return api.publish(key="leave", bpmn=bpmn("leave", "start > apply > end"), by=SYSTEM, at=NOW)


def test_a_public_drawing_is_read_by_anybody(client, version):
    api.set_public(version=version, public=True, by=SYSTEM, at=NOW)
    answer = client.get("/flows/leave/1.bpmn")
    assert answer.status_code == 200
    assert answer.content.decode() == version.bpmn
    assert answer["Content-Type"].startswith("application/xml")
    again = client.get("/flows/leave/1.bpmn", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_an_internal_drawing_needs_an_account(client, version, django_user_model):
    assert client.get("/flows/leave/1.bpmn").status_code == 403
    client.force_login(django_user_model.objects.create(username="li"))
    answer = client.get("/flows/leave/1.bpmn")
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]


def test_a_missing_drawing_is_not_found(client, db):
    assert client.get("/flows/leave/7.bpmn").status_code == 404
