"""A named cast of people for everybody's tests: a small zone with posts, roles and an enterprise.

    def test_x(cast):            # fixture of the root conftest, or `cast = make_cast()`
        do_something(by=cast.clerk, at=NOW)      # every member is an `Actor` of today
        cast.unit("fire")                        # a unit's number
        cast.post("deputy_director")             # the post of a member
        cast.person("clerk")                     # the `Person` row
        cast.empower("clerk", "approvals.accept")  # more rights on that member's post, from now on

Members: clerk, clerk_2 (window), officer_fire, officer_fire_2 (one unit, one pool), head_fire,
officer_airdefence (dispatched), officer_quality, approval_head, custodian, deputy_director, leader,
catalogue_editor, system_admin, security_admin, audit_admin; for the enterprise legal_representative and
handler; other_handler acts for another enterprise; stranger acts for nobody and holds no post.
Enterprises (party rows): `cast.enterprise`, `cast.other_enterprise`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from django.utils import timezone

from jingkai.kernel.hooks.testing import keep_made, kept_thing
from jingkai.kernel.organisation import rules
from jingkai.kernel.organisation.api import (
    PostDraft,
    UnitDraft,
    actor_for_person,
    appoint,
    create_post,
    create_unit,
    ensure_standard_roles,
)
from jingkai.kernel.organisation.data import UnitKind
from jingkai.kernel.organisation.models import Post, Role, Unit
from jingkai.kernel.parties.api import begin_representation, ensure_zone, register_party, register_person
from jingkai.kernel.parties.data import PartyKind, RepresentationRole
from jingkai.kernel.parties.models import Party, Person
from jingkai.kernel.permissions.data import SYSTEM, Actor

SINCE = date(2020, 1, 1)

UNITS = (
    (
        "committee",
        UnitKind.COMMITTEE,
        "示范经济开发区管理委员会",
        "Administrative Committee",
        "管委会",
        "",
        "",
    ),
    ("approval", UnitKind.BUREAU, "行政审批局", "Approval Bureau", "", "committee", ""),
    ("construction", UnitKind.BUREAU, "建设管理局", "Construction Bureau", "", "committee", ""),
    ("fire", UnitKind.CENTRE, "消防审验中心", "Fire Review Centre", "", "construction", ""),
    ("quality", UnitKind.CENTRE, "质量安全监督站", "Quality and Safety Station", "", "construction", ""),
    ("county_airdefence", UnitKind.OUTSIDE, "县人民防空办公室", "County Air Defence Office", "", "", ""),
    (
        "airdefence",
        UnitKind.DISPATCHED,
        "人民防空办公室派驻组",
        "Air Defence Dispatched Office",
        "",
        "committee",
        "county_airdefence",
    ),
    ("platform", UnitKind.PLATFORM, "开发区建设投资有限公司", "Zone Investment Company", "", "committee", ""),
)

STAFF = (
    ("clerk", "李受理", "Li Shouli", "approval", "窗口受理员", "Window clerk", False, ("clerk",)),
    ("clerk_2", "周窗口", "Zhou Chuangkou", "approval", "窗口受理员", "Window clerk", False, ("clerk",)),
    ("approval_head", "吴审批", "Wu Shenpi", "approval", "局长", "Director", True, ("unit_head",)),
    ("custodian", "郑印", "Zheng Yin", "approval", "印章保管员", "Seal custodian", False, ("custodian",)),
    (
        "catalogue_editor",
        "钱目录",
        "Qian Mulu",
        "approval",
        "事项管理员",
        "Catalogue editor",
        False,
        ("catalogue_editor",),
    ),
    ("officer_fire", "王消防", "Wang Xiaofang", "fire", "审查员", "Reviewing officer", False, ("officer",)),
    ("officer_fire_2", "孙消防", "Sun Xiaofang", "fire", "审查员", "Reviewing officer", False, ("officer",)),
    ("head_fire", "冯主任", "Feng Zhuren", "fire", "主任", "Head", True, ("unit_head",)),
    (
        "officer_airdefence",
        "陈人防",
        "Chen Renfang",
        "airdefence",
        "审查员",
        "Reviewing officer",
        False,
        ("officer",),
    ),
    ("officer_quality", "褚质安", "Chu Zhian", "quality", "审查员", "Reviewing officer", False, ("officer",)),
    (
        "deputy_director",
        "卫副主任",
        "Wei Fuzhuren",
        "committee",
        "副主任",
        "Deputy director",
        False,
        ("signer", "leader"),
    ),
    ("leader", "蒋主任", "Jiang Zhuren", "committee", "主任", "Director", True, ("leader",)),
    (
        "system_admin",
        "沈系统",
        "Shen Xitong",
        "committee",
        "系统管理员",
        "System administrator",
        False,
        ("system_admin",),
    ),
    (
        "security_admin",
        "韩安全",
        "Han Anquan",
        "committee",
        "安全管理员",
        "Security administrator",
        False,
        ("security_admin",),
    ),
    (
        "audit_admin",
        "杨审计",
        "Yang Shenji",
        "committee",
        "审计管理员",
        "Audit administrator",
        False,
        ("audit_admin",),
    ),
)

OTHERS = (
    ("legal_representative", "朱法人", "Zhu Faren"),
    ("handler", "秦经办", "Qin Jingban"),
    ("other_handler", "尤经办", "You Jingban"),
    ("stranger", "许路人", "Xu Luren"),
)


@dataclass(slots=True)
class Cast:
    """The people of a test zone; an unknown attribute is a member, given as today's `Actor`."""

    on: date
    at: datetime
    zone: Party
    units: dict[str, Unit] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    enterprises: dict[str, Party] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Actor:
        if name.startswith("_") or name not in self.people:
            raise AttributeError(f"nobody in the cast is called {name}")
        return self.actor(name)

    @property
    def enterprise(self) -> Party:
        """The enterprise of `handler` and `legal_representative`."""
        return self.enterprises["enterprise"]

    @property
    def other_enterprise(self) -> Party:
        """The enterprise of `other_handler`."""
        return self.enterprises["other_enterprise"]

    def actor(self, name: str, on: date | None = None) -> Actor:
        """Give a member as the actor of a day (today's is kept)."""
        if on is not None:
            return actor_for_person(self.people[name].pk, on)
        if name not in self._actors:
            self._actors[name] = actor_for_person(self.people[name].pk, self.on)
        return self._actors[name]

    def person(self, name: str) -> Person:
        """Give a member's `Person` row."""
        return self.people[name]

    def post(self, name: str) -> Post:
        """Give the post that a member of staff holds."""
        return self.posts[name]

    def unit(self, code: str) -> int:
        """Give a unit's party number."""
        return int(self.units[code].pk)

    def forget(self) -> None:
        """Read every actor again (after appointments, roles or delegations changed)."""
        self._actors.clear()

    def empower(self, name: str, *codes: str) -> Actor:
        """Give a member more rights by a role of their own on their post, whatever administration says."""
        role, _ = Role.objects.get_or_create(code=f"extra-{name.replace('_', '-')}", defaults={"name": name})
        role.permissions = sorted({*role.permissions, *codes})
        role.save()
        self.posts[name].roles.add(role)
        self.forget()
        return self.actor(name)


def make_cast(*, at: datetime | None = None, on: date | None = None) -> Cast:
    """Make the test zone with all its people."""
    at = at or timezone.now()
    zone = ensure_zone(name="示范经济开发区", name_en="Model Economic Development Zone", by=SYSTEM, at=at)
    cast = Cast(on=on or timezone.localdate(at), at=at, zone=zone)
    roles = ensure_standard_roles(by=SYSTEM, at=at)
    for code, kind, name, name_en, short, parent, home in UNITS:
        draft = UnitDraft(
            code=code,
            kind=kind,
            name=name,
            name_en=name_en,
            short_name=short,
            parent_id=cast.units[parent].pk if parent else None,
            home_unit_id=cast.units[home].pk if home else None,
            order=len(cast.units),
        )
        cast.units[code] = create_unit(draft=draft, by=SYSTEM, at=at)
    for line in STAFF:
        _put_in_post(cast, roles, *line)
    _make_enterprises(cast)
    return cast


def _put_in_post(
    cast: Cast,
    roles: dict[str, Role],
    key: str,
    name: str,
    name_en: str,
    unit: str,
    title: str,
    title_en: str,
    head: bool,
    role_codes: tuple[str, ...],
) -> None:
    post = Post.objects.filter(unit=cast.units[unit], title=title).first()
    if post is None:
        draft = PostDraft(title=title, title_en=title_en, head=head, order=len(cast.posts))
        post = create_post(unit=cast.units[unit], draft=draft, by=SYSTEM, at=cast.at)
        post.roles.set([roles[code] for code in role_codes])
    person = register_person(
        name=name,
        name_en=name_en,
        phone=f"139{len(cast.people):08d}",
        email=f"{key}@example.gov.cn",
        by=SYSTEM,
        at=cast.at,
    )
    appoint(person=person, post=post, starts_on=SINCE, by=SYSTEM, at=cast.at)
    cast.people[key], cast.posts[key] = person, post


def _make_enterprises(cast: Cast) -> None:
    for key, name, name_en in OTHERS:
        cast.people[key] = register_person(
            name=name,
            name_en=name_en,
            phone=f"138{len(cast.people):08d}",
            email=f"{key}@example.com",
            by=SYSTEM,
            at=cast.at,
        )
    for key, name in (("enterprise", "示范精密制造有限公司"), ("other_enterprise", "邻家食品有限公司")):
        cast.enterprises[key] = register_party(kind=PartyKind.ENTERPRISE, name=name, by=SYSTEM, at=cast.at)
    links = (
        ("legal_representative", "enterprise", RepresentationRole.LEGAL_REPRESENTATIVE),
        ("handler", "enterprise", RepresentationRole.HANDLER),
        ("other_handler", "other_enterprise", RepresentationRole.HANDLER),
    )
    for person, enterprise, role in links:
        begin_representation(
            person=cast.people[person],
            party=cast.enterprises[enterprise],
            role=role,
            on=SINCE,
            by=SYSTEM,
            at=cast.at,
        )


keep_made("cast", make_cast)


@pytest.fixture
def declared_by_release(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a later release declare rights: `declared_by_release("clerk", "app.do")`; gone after the test."""
    defaults = {code: set(rights) for code, rights in rules._defaults.items()}
    monkeypatch.setattr(rules, "_defaults", defaults)
    return rules.grant_by_default


@pytest.fixture
def cast(request: pytest.FixtureRequest, db: None) -> Cast:
    """The test zone with all its people."""
    cast: Cast = kept_thing(request) or make_cast()
    cast.at = timezone.now()
    cast.on = timezone.localdate(cast.at)
    cast.forget()
    return cast
