"""What is looked up or copied over by hand where a platform outside has no way: permits, items, projects."""

from __future__ import annotations

import pytest

from jingkai.modules.approvals import operations
from jingkai.modules.approvals.models import ConstructionPermit
from jingkai.modules.approvals.testing import FACTS, Hall, moment
from jingkai.modules.approvals.web.copy_sheets import SHEETS

pytestmark = pytest.mark.django_db
NOW = "2026-03-10 10:00"
LICENCES, ITEMS, PROJECTS = SHEETS


def test_a_permit_is_looked_up_and_its_number_noted(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    permit = operations.ask_for_permit(application=matter, at=moment(NOW))
    operations.record_permit_problem(permit=permit, problem="没有响应")
    (line,) = LICENCES.lines(moment(NOW))
    assert (line.key, line.note) == (str(matter.uuid), "没有响应")
    told = LICENCES.fields(line.key)
    assert told is not None
    assert {"建筑工程施工许可证", FACTS["project_code"]} <= {value for _label, value in told.fields}
    assert LICENCES.done is not None
    assert LICENCES.done(line.key, "320826202603100101", hall.actor("system_admin", NOW), moment(NOW))
    assert not LICENCES.done(line.key, "320826202603100102", hall.actor("system_admin", NOW), moment(NOW))
    found = ConstructionPermit.objects.get()
    assert (found.state, found.number, found.problem) == ("issued", "320826202603100101", "")
    assert LICENCES.lines(moment(NOW)) == []
    assert (LICENCES.fields(line.key), LICENCES.fields("nonsense")) == (None, None)


def test_a_project_and_an_item_stand_on_one_screen_each(hall: Hall) -> None:
    matter = hall.bring_to("submitted")
    (line,) = PROJECTS.lines(moment(NOW))
    told = PROJECTS.fields(line.key)
    assert told is not None
    assert told.subject == matter.project_name
    assert ITEMS.fields("no-such-item") is None
    for one in ITEMS.lines(moment(NOW)):
        assert ITEMS.fields(one.key) is not None
