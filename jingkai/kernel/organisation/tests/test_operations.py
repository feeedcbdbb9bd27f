"""Units, posts, roles, appointments and delegations: what is refused, and what the trail says."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation import operations as ops
from jingkai.kernel.organisation import queries, rules
from jingkai.kernel.organisation.data import Administration, UnitKind
from jingkai.kernel.organisation.models import Appointment, Delegation, Park, Role, Unit
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.api import ChangedMeanwhile
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db


def draft(**changes: object) -> ops.UnitDraft:
    return ops.UnitDraft(**{"code": "new", "kind": UnitKind.BUREAU, "name": "新设局"} | changes)  # type: ignore[arg-type]


def test_unit_is_created_with_a_trail(cast: Cast) -> None:
    unit = ops.create_unit(draft=draft(parent_id=cast.unit("committee")), by=cast.system_admin, at=cast.at)
    assert unit.parent_id == cast.unit("committee")
    assert [entry.action for entry in entries_of(unit.party)] == ["party.registered", "unit.created"]


def test_unit_code_is_taken_once(cast: Cast) -> None:
    with pytest.raises(ops.CodeTaken):
        ops.create_unit(draft=draft(code="fire"), by=cast.system_admin, at=cast.at)


def test_unit_cannot_hang_below_itself(cast: Cast) -> None:
    unit = cast.units["construction"]
    below = draft(code="construction", name="建设管理局", parent_id=cast.unit("fire"))
    with pytest.raises(ops.UnitBelowItself):
        ops.change_unit(unit=unit, draft=below, version=unit.version, by=cast.system_admin, at=cast.at)


def test_only_a_dispatched_office_has_a_home(cast: Cast) -> None:
    with pytest.raises(ops.HomeOnlyForDispatched):
        ops.create_unit(
            draft=draft(home_unit_id=cast.unit("county_airdefence")), by=cast.system_admin, at=cast.at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=cast.unit("fire")).update(home_unit_id=cast.unit("quality"))


def test_stale_unit_form_is_refused(cast: Cast) -> None:
    unit = cast.units["fire"]
    same = draft(code="fire", name="消防审验中心", parent_id=unit.parent_id)
    ops.change_unit(unit=unit, draft=same, version=unit.version, by=cast.system_admin, at=cast.at)
    with pytest.raises(ChangedMeanwhile):
        ops.change_unit(unit=unit, draft=same, version=unit.version, by=cast.system_admin, at=cast.at)


def test_unit_in_use_is_not_retired(cast: Cast) -> None:
    with pytest.raises(ops.UnitInUse):
        ops.retire_unit(unit=cast.units["construction"], by=cast.system_admin, at=cast.at)
    ops.retire_unit(unit=cast.units["platform"], by=cast.system_admin, at=cast.at)
    assert "platform" not in {
        line.code for top in queries.unit_tree(cast.on) for line in (top, *top.children)
    }


def test_post_title_stands_once_in_a_unit(cast: Cast) -> None:
    with pytest.raises(ops.TitleTaken):
        ops.create_post(
            unit=cast.units["fire"], draft=ops.PostDraft(title="审查员"), by=cast.system_admin, at=cast.at
        )


def test_post_is_renamed_with_its_party(cast: Cast) -> None:
    post = cast.post("officer_quality")
    changed = ops.change_post(
        post=post,
        draft=ops.PostDraft(title="监督员", title_en="Inspector"),
        version=post.version,
        by=cast.system_admin,
        at=cast.at,
    )
    assert changed.party.name == "质量安全监督站监督员"
    assert changed.party.name_en == "Inspector, Quality and Safety Station"


def test_post_in_use_is_not_retired(cast: Cast) -> None:
    with pytest.raises(ops.UnitInUse):
        ops.retire_post(post=cast.post("clerk"), by=cast.system_admin, at=cast.at)


def test_park_is_saved_and_changed(cast: Cast) -> None:
    park = ops.save_park(
        park=None, draft=ops.ParkDraft(code="east", name="东区"), by=cast.system_admin, at=cast.at
    )
    ops.save_park(
        park=park,
        draft=ops.ParkDraft(code="east", name="东部园区"),
        version=park.version,
        by=cast.system_admin,
        at=cast.at,
    )
    assert Park.objects.get().name == "东部园区"


def test_same_person_same_post_no_overlap(cast: Cast) -> None:
    with pytest.raises(ops.AlreadyInPost):
        ops.appoint(
            person=cast.person("clerk"), post=cast.post("clerk"), starts_on=cast.on, by=SYSTEM, at=cast.at
        )
    row = Appointment.objects.get(person=cast.person("clerk"))
    ops.end_appointment(
        appointment=row, ends_on=cast.on, version=row.version, by=cast.system_admin, at=cast.at
    )
    ops.appoint(
        person=cast.person("clerk"),
        post=cast.post("clerk"),
        starts_on=cast.on + timedelta(days=1),
        by=SYSTEM,
        at=cast.at,
    )


def test_appointment_ends_after_it_begins(cast: Cast) -> None:
    with pytest.raises(ops.DatesOutOfOrder):
        ops.appoint(
            person=cast.person("stranger"),
            post=cast.post("clerk"),
            starts_on=cast.on,
            ends_on=cast.on - timedelta(days=1),
            by=SYSTEM,
            at=cast.at,
        )


@pytest.mark.parametrize("second", ["security_admin", "audit_admin"])
def test_nobody_holds_two_administrations(cast: Cast, second: str) -> None:
    with pytest.raises(ops.TwoAdministrations):
        ops.appoint(
            person=cast.person("system_admin"),
            post=cast.post(second),
            starts_on=cast.on + timedelta(days=400),
            by=SYSTEM,
            at=cast.at,
        )
    assert Appointment.objects.filter(person=cast.person("system_admin")).count() == 1


def test_administration_may_follow_after_the_other_ended(cast: Cast) -> None:
    row = Appointment.objects.get(person=cast.person("system_admin"))
    ops.end_appointment(appointment=row, ends_on=cast.on, version=row.version, by=SYSTEM, at=cast.at)
    ops.appoint(
        person=cast.person("system_admin"),
        post=cast.post("audit_admin"),
        starts_on=cast.on + timedelta(days=1),
        by=SYSTEM,
        at=cast.at,
    )


def test_role_on_a_post_may_not_join_two_administrations(cast: Cast) -> None:
    post = cast.post("system_admin")
    both = Role.objects.filter(code__in=["system_admin", "audit_admin"])
    with pytest.raises(ops.TwoAdministrations):
        ops.put_roles_on_post(post=post, roles=both, version=post.version, by=cast.security_admin, at=cast.at)


def test_roles_are_put_on_a_post_with_a_trail(cast: Cast) -> None:
    post = cast.post("clerk")
    roles = Role.objects.filter(code__in=["clerk", "custodian"])
    ops.put_roles_on_post(post=post, roles=roles, version=post.version, by=cast.security_admin, at=cast.at)
    assert list(entries_of(post.party))[-1].facts == {"given": ["custodian"], "taken": []}


def test_role_keeps_administrations_apart(cast: Cast) -> None:
    mixed = ops.RoleDraft(code="mixed", name="混合", permissions=[rules.MANAGE_UNITS])
    with pytest.raises(ops.MisplacedRights) as refused:
        ops.create_role(draft=mixed, by=cast.security_admin, at=cast.at)
    assert "维护机构、岗位和园区" in str(refused.value.sentence)
    audit = ops.RoleDraft(
        code="audit2", name="审计", permissions=[rules.SEE_ZONE], administration=Administration.AUDIT
    )
    with pytest.raises(ops.MisplacedRights):
        ops.create_role(draft=audit, by=cast.security_admin, at=cast.at)


def test_role_change_says_what_came_and_went(cast: Cast) -> None:
    role = Role.objects.get(code="leader")
    ops.change_role(
        role=role,
        name=role.name,
        name_en=role.name_en,
        permissions=[rules.SEE_ZONE],
        version=role.version,
        by=cast.security_admin,
        at=cast.at,
    )
    last = list(entries_of(role))[-1]
    assert rules.READ_DIRECTORY in last.facts["taken"]
    assert last.facts["given"] == []


def test_standard_roles_keep_what_was_edited_here(cast: Cast) -> None:
    Role.objects.filter(code="leader").update(permissions=[])
    ops.ensure_standard_roles(by=SYSTEM, at=cast.at)
    assert Role.objects.get(code="leader").permissions == []


def give(cast: Cast, giver: str, taker: str, first: int, last: int, by: str = "") -> Delegation:
    return ops.delegate(
        from_person=cast.person(giver),
        to_person=cast.person(taker),
        starts_on=cast.on + timedelta(days=first),
        ends_on=cast.on + timedelta(days=last),
        reason="年休假",
        by=cast.actor(by or giver),
        at=cast.at,
    )


def test_delegation_for_somebody_else_needs_the_right(cast: Cast) -> None:
    with pytest.raises(ops.NotYourDelegation):
        give(cast, "leader", "clerk", 0, 1, by="clerk")
    row = give(cast, "leader", "deputy_director", 0, 1, by="system_admin")
    with pytest.raises(ops.NotYourDelegation):
        ops.end_delegation(delegation=row, by=cast.clerk, at=cast.at)


def test_delegation_loops_are_refused_only_where_days_overlap(cast: Cast) -> None:
    give(cast, "leader", "deputy_director", 0, 5)
    give(cast, "deputy_director", "approval_head", 3, 8)
    with pytest.raises(ops.DelegationLoop):
        give(cast, "deputy_director", "leader", 5, 9)
    with pytest.raises(ops.DelegationLoop):
        give(cast, "approval_head", "leader", 4, 4)
    give(cast, "deputy_director", "leader", 10, 12)


def test_several_may_stand_in_at_once(cast: Cast) -> None:
    give(cast, "leader", "deputy_director", 0, 5)
    give(cast, "leader", "approval_head", 2, 7)
    assert len(queries.stand_ins_of(cast.person("leader").pk, cast.on + timedelta(days=3))) == 2


def test_delegation_ended_early_frees_the_way(cast: Cast) -> None:
    row = give(cast, "leader", "deputy_director", 0, 5)
    ops.end_delegation(delegation=row, by=cast.leader, at=cast.at)
    ops.end_delegation(delegation=row, by=cast.leader, at=cast.at)
    give(cast, "deputy_director", "leader", 0, 5)
    actions = [entry.action for entry in entries_of(cast.person("leader").party)]
    assert actions.count("delegation.ended") == 1


def test_delegation_is_checked(cast: Cast) -> None:
    with pytest.raises(ops.DelegationToOneself):
        give(cast, "leader", "leader", 0, 1)
    with pytest.raises(ops.DatesOutOfOrder):
        give(cast, "leader", "clerk", 2, 1)
    with pytest.raises(ops.DelegationWithoutReason):
        ops.delegate(
            from_person=cast.person("leader"),
            to_person=cast.person("clerk"),
            starts_on=cast.on,
            ends_on=cast.on,
            reason=" ",
            by=cast.leader,
            at=cast.at,
        )
