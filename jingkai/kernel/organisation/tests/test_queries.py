"""Who somebody is on a day, and who belongs where."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jingkai.kernel.organisation import queries, rules
from jingkai.kernel.organisation.operations import (
    PostDraft,
    appoint,
    create_post,
    delegate,
    end_delegation,
    void_appointment,
)
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.api import end_representation, representations_of, set_active
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


def test_actor_holds_person_post_and_unit(cast: Cast) -> None:
    clerk = cast.clerk
    assert clerk.kind == "staff"
    assert clerk.name == "李受理"
    assert clerk.grantees == (clerk.party_id, cast.posts["clerk"].pk, cast.unit("approval"))
    assert clerk.unit_ids == (cast.unit("approval"),)


def test_actor_costs_one_query(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        queries.actor_for_person(cast.people["deputy_director"].pk, cast.on)
    assert len(seen) == 1


def test_leader_sees_the_zone(cast: Cast) -> None:
    assert cast.zone.pk in cast.leader.grantees
    assert cast.zone.pk not in cast.officer_fire.grantees


def test_head_oversees_the_posts_of_the_unit_without_working_for_them(cast: Cast) -> None:
    head = cast.head_fire
    assert head.overseen == (cast.post("officer_fire").pk,)
    assert set(head.overseen) < set(head.grantees)
    assert head.pools == (head.party_id, cast.post("head_fire").pk, cast.unit("fire"))
    assert cast.officer_fire.overseen == cast.stranger.overseen == ()


def test_head_of_a_unit_above_oversees_the_units_below(cast: Cast) -> None:
    draft = PostDraft(title="局长", title_en="Director", head=True)
    post = create_post(unit=cast.units["construction"], draft=draft, by=SYSTEM, at=cast.at)
    appoint(person=cast.person("stranger"), post=post, starts_on=cast.on, by=SYSTEM, at=cast.at)
    head = cast.actor("stranger", cast.on)
    below = {cast.unit("fire"), cast.unit("quality")}
    posts = {cast.post(name).pk for name in ("officer_fire", "head_fire", "officer_quality")}
    assert set(head.overseen) == below | posts
    assert len(head.overseen) == len(below | posts)


def test_whoever_sees_the_zone_needs_no_single_posts(cast: Cast) -> None:
    assert cast.leader.overseen == ()


def test_stand_in_for_a_head_oversees_too(cast: Cast) -> None:
    delegate(
        from_person=cast.person("head_fire"),
        to_person=cast.person("officer_quality"),
        starts_on=cast.on,
        ends_on=cast.on,
        reason="出差",
        by=cast.head_fire,
        at=cast.at,
    )
    assert cast.actor("officer_quality", cast.on).overseen == (cast.post("officer_fire").pk,)


def test_handler_acts_for_own_enterprise_only(cast: Cast) -> None:
    handler = cast.handler
    assert handler.kind == "enterprise"
    assert handler.enterprise_ids == (cast.enterprise.pk,)
    assert cast.other_enterprise.pk not in handler.grantees


def test_removed_handler_acts_for_nobody_at_once(cast: Cast) -> None:
    row = representations_of(cast.enterprise.pk, on=cast.on).get(person=cast.person("handler"))
    end_representation(representation=row, on=cast.on, by=cast.legal_representative, at=cast.at)
    assert queries.actor_for_person(cast.person("handler").pk, cast.on).enterprise_ids == ()


def test_enterprise_out_of_use_is_not_represented(cast: Cast) -> None:
    set_active(party=cast.enterprise, active=False, by=SYSTEM, at=cast.at)
    assert queries.actor_for_person(cast.person("handler").pk, cast.on).enterprise_ids == ()


def test_appointment_counts_only_in_its_days(cast: Cast) -> None:
    post, person = cast.post("custodian"), cast.person("stranger")
    first, last = cast.on + timedelta(days=3), cast.on + timedelta(days=5)
    appoint(person=person, post=post, starts_on=first, ends_on=last, by=SYSTEM, at=cast.at)
    held = [post.pk in cast.actor("stranger", cast.on + timedelta(days=n)).post_ids for n in range(2, 7)]
    assert held == [False, True, True, True, False]


def test_voided_appointment_never_counted(cast: Cast) -> None:
    row = queries.posts_of(cast.person("clerk").pk, cast.on).get()
    void_appointment(appointment=row, reason="录入错误", by=cast.system_admin, at=cast.at)
    assert cast.actor("clerk", cast.on).post_ids == ()


def test_inactive_person_has_no_rights(cast: Cast) -> None:
    cast.empower("clerk", "x.y")
    set_active(party=cast.person("clerk").party, active=False, by=SYSTEM, at=cast.at)
    actor = cast.actor("clerk", cast.on)
    assert actor.permissions == frozenset()
    assert actor.grantees == (cast.person("clerk").pk,)


def test_stand_in_acts_with_the_others_posts(cast: Cast) -> None:
    cast.empower("deputy_director", "approvals.decide_test")
    row = delegate(
        from_person=cast.person("deputy_director"),
        to_person=cast.person("approval_head"),
        starts_on=cast.on,
        ends_on=cast.on + timedelta(days=2),
        reason="出差",
        by=cast.deputy_director,
        at=cast.at,
    )
    actor = cast.actor("approval_head", cast.on)
    assert actor.on_behalf_of == (cast.person("deputy_director").pk,)
    assert cast.post("deputy_director").pk in actor.post_ids
    assert "approvals.decide_test" in actor.permissions
    assert cast.zone.pk in actor.grantees
    assert cast.actor("approval_head", cast.on + timedelta(days=3)).on_behalf_of == ()
    end_delegation(delegation=row, by=cast.deputy_director, at=cast.at)
    assert cast.actor("approval_head", cast.on).on_behalf_of == ()


def test_administrators_rights_do_not_pass_to_a_stand_in(cast: Cast) -> None:
    delegate(
        from_person=cast.person("system_admin"),
        to_person=cast.person("clerk"),
        starts_on=cast.on,
        ends_on=cast.on,
        reason="休假",
        by=cast.system_admin,
        at=cast.at,
    )
    assert rules.MANAGE_UNITS in cast.system_admin.permissions
    assert rules.MANAGE_UNITS not in cast.actor("clerk", cast.on).permissions


def test_what_was_received_is_not_passed_further(cast: Cast) -> None:
    for giver, taker in (("leader", "deputy_director"), ("deputy_director", "clerk")):
        delegate(
            from_person=cast.person(giver),
            to_person=cast.person(taker),
            starts_on=cast.on,
            ends_on=cast.on,
            reason="会议",
            by=cast.actor(giver),
            at=cast.at,
        )
    assert cast.actor("clerk", cast.on).on_behalf_of == (cast.person("deputy_director").pk,)


def test_members_and_head(cast: Cast) -> None:
    members = queries.members_of(cast.unit("fire"), cast.on)
    assert [member.name for member in members] == ["冯主任", "王消防", "孙消防"]
    head = queries.head_of(cast.unit("fire"), cast.on)
    assert head is not None
    assert head.name == "冯主任"
    assert queries.head_of(cast.unit("airdefence"), cast.on) is None


def test_history_of_a_post(cast: Cast) -> None:
    appoint(
        person=cast.person("stranger"),
        post=cast.post("leader"),
        starts_on=date(2010, 1, 1),
        ends_on=date(2019, 12, 31),
        by=SYSTEM,
        at=cast.at,
    )
    assert [line.name for line in queries.history_of_post(cast.post("leader").pk)] == ["蒋主任", "许路人"]


def test_people_with_a_right(cast: Cast) -> None:
    cast.empower("officer_fire", "reviews.do")
    both = sorted([cast.person("officer_fire").pk, cast.person("officer_fire_2").pk])
    assert queries.people_with("reviews.do", cast.on) == both
    assert queries.people_with("reviews.do", cast.on, unit_id=cast.unit("quality")) == []


def test_tree_shows_dual_leadership_and_counts(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as seen:
        tree = queries.unit_tree(cast.on)
    assert len(seen) == 2
    committee = next(line for line in tree if line.code == "committee")
    dispatched = next(line for line in committee.children if line.code == "airdefence")
    assert dispatched.home_unit_name == "县人民防空办公室"
    construction = next(line for line in committee.children if line.code == "construction")
    assert [(line.code, line.people) for line in construction.children] == [("fire", 3), ("quality", 1)]


@pytest.mark.parametrize("text", ["消防", "xiao fang", "xfsy", "fire", "Review"])
def test_units_are_found_by_name_sound_and_code(cast: Cast, text: str) -> None:
    assert cast.unit("fire") in [unit.pk for unit in queries.find_units(text)]
