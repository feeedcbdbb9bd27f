"""Tests of withdrawing, closing and declaring void."""

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.events import CaseVoided, CaseWithdrawn
from jingkai.casework.cases.models import CaseAccess, Task
from jingkai.casework.cases.testing import NOW, finish, open_nodes
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.events.testing import watching
from jingkai.kernel.permissions.api import NotPermitted
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("member", ["handler", "legal_representative"])
def test_the_applicant_withdraws(approval_case, cast, member):
    finish(approval_case, "accept", "accept", by=cast.clerk)
    with watching() as told:
        case = api.withdraw_case(case=approval_case, reason="不办了", by=cast.actor(member), at=NOW)
    assert (case.state, case.outcome, case.closed_at) == ("withdrawn", "withdrawn", NOW)
    assert told[0] == CaseWithdrawn(approval_case.pk)
    assert len(told) == 4
    assert not open_nodes(approval_case)
    assert Task.objects.filter(case=approval_case, state="cancelled").count() == 3
    last = list(entries_of(approval_case))[-1]
    assert (last.action, last.facts["reason"], len(last.facts["cancelled"])) == (
        "case.withdrawn",
        "不办了",
        3,
    )
    assert set(CaseAccess.objects.filter(case=case).values_list("state", flat=True)) == {"withdrawn"}


@pytest.mark.parametrize("member", ["clerk", "other_handler", "stranger", "leader"])
def test_nobody_else_withdraws(approval_case, cast, member):
    with pytest.raises(api.NotYourCase):
        api.withdraw_case(case=approval_case, by=cast.actor(member), at=NOW)
    assert open_nodes(approval_case) == {"accept"}


def test_withdrawing_twice_is_told(approval_case, cast):
    api.withdraw_case(case=approval_case, by=cast.handler, at=NOW)
    with pytest.raises(api.CaseNotOpen):
        api.withdraw_case(case=approval_case, by=cast.handler, at=NOW)


def test_open_tasks_block_closing(approval_case):
    with pytest.raises(api.CannotCloseCase):
        api.close_case(case=approval_case, outcome="granted", by=SYSTEM, at=NOW)


def test_void_needs_the_right_and_a_reason(approval_case, cast):
    with pytest.raises(NotPermitted):
        api.void_case(case=approval_case, reason="重复", by=cast.clerk, at=NOW)
    head = cast.empower("approval_head", api.VOID_CASES)
    with pytest.raises(api.ReasonMissing):
        api.void_case(case=approval_case, reason=" ", by=head, at=NOW)
    with watching() as told:
        case = api.void_case(case=approval_case, reason="重复录入", by=head, at=NOW)
    assert case.state == "void"
    assert told[0] == CaseVoided(approval_case.pk)
    assert list(entries_of(approval_case))[-1].facts["reason"] == "重复录入"
