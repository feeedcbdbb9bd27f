"""Tests of publishing."""

from datetime import UTC, datetime

import pytest

from jingkai.casework.flow import api
from jingkai.casework.flow.events import FlowPublished
from jingkai.casework.flow.models import FlowVersion
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import watching
from jingkai.kernel.permissions.data import SYSTEM

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ONE = bpmn("leave", "start > apply > end")
TWO = bpmn("leave", "start > apply > boss > end")

pytestmark = pytest.mark.django_db


def publish(drawing: bytes, **more: object) -> FlowVersion:
    return api.publish(key="leave", bpmn=drawing, by=SYSTEM, at=NOW, **more)


def test_publish_numbers_versions_and_leaves_a_trail():
    with watching() as told:
        one, two = publish(ONE), publish(TWO)
    assert (one.version, two.version) == (1, 2)
    assert api.get_current("leave") == two
    assert api.get_version("leave", 1) == one
    assert (one.name, one.name_en) == ("测试流程", "Test flow")
    assert told == [FlowPublished(one.pk), FlowPublished(two.pk)]
    assert [entry.action for entry in entries_of(two)] == ["flow.published"]


def test_publish_the_same_drawing_changes_nothing():
    assert publish(ONE) == publish(ONE)
    publish(TWO)
    assert publish(ONE).version == 3


def test_publish_refuses_a_faulty_drawing_and_keeps_the_current_one():
    publish(ONE)
    with pytest.raises(api.FlowRefused) as refused:
        publish(bpmn("leave", "start > apply > end\nlost > end"))
    assert [fault.element for fault in refused.value.faults] == ["lost"]
    assert "lost" in str(refused.value)
    assert FlowVersion.objects.count() == 1


def test_publish_refuses_an_unregistered_action():
    with pytest.raises(api.FlowRefused):
        publish(bpmn("leave", "start > auto > end\nauto: action=nobody.knows"))


@pytest.mark.parametrize("key", ["Leave", "1st", "a b", "", "a/b", "x" * 81])
def test_publish_refuses_an_odd_key(key):
    with pytest.raises(api.BadFlowKey):
        api.publish(key=key, bpmn=ONE, by=SYSTEM, at=NOW)


def test_missing_flow_is_told_in_words():
    with pytest.raises(api.NoSuchFlow) as missing:
        api.get_current("nothing")
    assert "nothing" in str(missing.value)


def test_compiled_once_per_process(django_assert_num_queries):
    version = publish(ONE)
    first = api.compiled(version)
    assert api.compiled(version) is first
    with django_assert_num_queries(0):
        assert api.compiled_by_id(version.pk, version.digest) is first


def test_set_public_is_recorded_once():
    version = publish(ONE)
    api.set_public(version=version, public=True, by=SYSTEM, at=NOW)
    api.set_public(version=version, public=True, by=SYSTEM, at=NOW)
    assert [entry.action for entry in entries_of(version)] == ["flow.published", "flow.opened"]
