"""What came later in the demonstration: the state seal's refusal, the shorter item; told once."""

from __future__ import annotations

from pathlib import Path

import pytest

from jingkai.config.demo import enterprises, later, organisation, reference
from jingkai.config.seeding import DemoPeople
from jingkai.modules.approvals import api as approvals
from jingkai.modules.approvals.testing import moment
from jingkai.records.seals import api as seals

NOW = moment("2026-03-05 16:00")


@pytest.mark.django_db
def test_what_came_later_is_told_once_and_leaves_its_state(tmp_path: Path) -> None:
    people = DemoPeople.load(tmp_path)
    organisation.seed(people, NOW)
    reference.seed(NOW)
    enterprises.seed(people, NOW)
    organisation.seed_more(people, NOW)
    enterprises.seed_more(NOW)
    before = approvals.get_item(code=later.ITEM)
    promised, conditions = before.promised, before.conditions
    for _time in range(2):
        later.seed(NOW)
        standing = seals.standing_for("approvals.refusal", on=NOW.date())
        assert standing is not None
        assert standing.seal.code == later.STATE_SEAL
        assert standing.seal.keeper == "state"
        accepting = seals.standing_for("approvals.acceptance", on=NOW.date())
        assert accepting is not None
        assert accepting.seal.code == "acceptance"
        item = approvals.get_item(code=later.ITEM)
        assert item.promised == promised - 2
        assert item.conditions == conditions + later.ADDED
        assert approvals.has_applications(), "one was refused, its paper is with the state seal"
