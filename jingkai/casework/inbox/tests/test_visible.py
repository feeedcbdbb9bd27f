"""What a head sees of the matters in the posts of the unit, and what stays with those who work there."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from jingkai.casework.cases import api as cases
from jingkai.casework.cases.data import EVERY_TASK
from jingkai.casework.cases.testing import NOW, finish, open_task, publish_drawing
from jingkai.casework.clock import api as clock
from jingkai.casework.clock.models import Clock
from jingkai.casework.inbox.data import DeskTab
from jingkai.casework.inbox.queries import get_desk_page
from jingkai.kernel.accounts.testing import login_of
from jingkai.kernel.organisation.api import PostDraft, appoint, create_post
from jingkai.kernel.organisation.models import Role
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
SINCE = NOW.date().replace(month=1)


@pytest.fixture
def bureau_head(cast):
    """The head of the bureau above the fire centre."""
    draft = PostDraft(title="局长", title_en="Director", head=True, order=90)
    post = create_post(unit=cast.units["construction"], draft=draft, by=SYSTEM, at=NOW)
    post.roles.set(Role.objects.filter(code="unit_head"))
    person = register_person(name="许建管", name_en="Xu Jianguan", phone="13900001111", by=SYSTEM, at=NOW)
    appoint(person=person, post=post, starts_on=SINCE, by=SYSTEM, at=NOW)
    cast.people["bureau_head"], cast.posts["bureau_head"] = person, post
    return cast.bureau_head


@pytest.fixture
def held(cast, clock_rules):
    """A matter that nobody's unit was asked for: a post of the fire centre has it, with a running clock."""
    publish_drawing(
        "held", "start > take > review > end\n review: pool=role:officer@fire clock=review\n take:"
    )
    case = cases.start_case(
        flow_key="held", kind="walked", title="复核", reference="H-1", by=cast.clerk, at=NOW
    )
    finish(case, "take", "done", by=cast.clerk)
    limit = clock.get_limit("permit_decision", on=NOW.date())
    running = clock.start_clock(limit=limit, label="审查", label_en="Review", by=SYSTEM, at=NOW)
    cases.attach_clock(case=case, key="review", clock=running, by=SYSTEM, at=NOW)
    return case


def seen(actor, case):
    return cases.may_see(case.pk, grantees=actor.grantees)


def test_heads_see_what_a_post_below_them_holds_and_colleagues_do_not(held, cast, bureau_head):
    assert open_task(held, "review").pool_id == cast.post("officer_fire").pk
    assert seen(cast.officer_fire, held)
    assert seen(cast.head_fire, held)
    assert seen(bureau_head, held)
    assert not seen(cast.approval_head, held)
    assert not seen(cast.officer_quality, held)


def test_one_who_came_to_head_the_unit_later_sees_it_too(held, cast):
    """Rights follow the post of today: nothing has to be written again when a head changes."""
    successor = register_person(name="新主任", name_en="New head", phone="13900002222", by=SYSTEM, at=NOW)
    appoint(person=successor, post=cast.post("head_fire"), starts_on=SINCE, by=SYSTEM, at=NOW)
    cast.people["successor"] = successor
    assert seen(cast.successor, held)


def test_a_head_sees_but_does_not_work_for_the_post(held, cast, bureau_head):
    task = open_task(held, "review")
    for head in (cast.head_fire, bureau_head):
        assert list(get_desk_page(tab=DeskTab.POOL, actor=head, at=NOW, filters=EVERY_TASK).tasks) == []
        with pytest.raises(cases.NotYourTask):
            cases.claim_task(task=task, by=head, at=NOW)
        with pytest.raises(cases.NotYourTask):
            cases.complete_task(task=task, outcome="done", by=head, at=NOW)


def test_the_head_reads_the_case_and_extends_its_clock(held, cast, browser):
    running = Clock.objects.get()
    head = cast.head_fire
    client = browser(head)
    assert client.get(reverse("inbox:case", args=[held.uuid])).status_code == 200
    assert held.reference in client.get(reverse("inbox:cases")).content.decode()
    url = reverse("clock:extend", args=[running.uuid])
    before = running.due_on
    given = {"days": "5", "approver": running.limit["extend_by"], "reason": "需要复核", "basis": "审批单3号"}
    with time_machine.travel(NOW, tick=False):
        assert client.post(url, with_token(given, user=login_of(head))).status_code == 302
    running.refresh_from_db()
    assert running.due_on > before
    assert browser(cast.approval_head).get(url).status_code == 404
