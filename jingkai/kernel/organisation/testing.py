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

import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from jingkai.kernel.hooks.testing import connected_to, copy_database, drop_database, point_to
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


Maker = Callable[[], Any]
_makers: dict[str, Maker] = {"cast": make_cast}
"""What can stand in the database from before a test, by the fixture that gives it, in the order of making.

Each stands on those before it that the same test asks for.
"""


def keep_made(fixture: str, make: Maker) -> None:
    """Make what a fixture gives once a session, in a database that is kept for the tests that ask for it.

    The fixture itself gives `kept_thing(request)`, or makes it anew where that is None.
    """
    _makers[fixture] = make


@dataclass
class KeptDatabases:
    """Databases as they were when something had been made in them, and copies in which tests work."""

    server: Any
    template: str
    own: str
    """The name of this worker's database, with which the names of all others begin."""
    made: dict[str, bytes] = field(default_factory=dict)
    """What stands in each, pickled: each test gets its own."""
    fresh: set[str] = field(default_factory=set)
    """The copies to which no test has committed anything."""
    standing: tuple[str, ...] = ()
    """What the test that runs finds made."""
    before: str = ""

    def enter(self, wanted: tuple[str, ...], *, commits: bool) -> None:
        """Let the test that begins now find all of this in its database."""
        origin = self._origin(wanted)
        name = f"{origin}_copy"
        if name not in self.fresh:
            copy_database(self.server, template=origin, name=name)
        (self.fresh.discard if commits else self.fresh.add)(name)
        here = str(connection.settings_dict["NAME"])
        if not self.standing:
            self.before = here
        if here != name:
            point_to(name)
        self.standing = wanted

    def leave(self) -> None:
        """Let the test that begins now find the database that was there before."""
        if self.standing and str(connection.settings_dict["NAME"]).endswith("_copy"):
            point_to(self.before)
        self.standing = ()

    def drop(self) -> None:
        """Remove all of them."""
        self.leave()
        for origin in self.made:
            drop_database(self.server, f"{origin}_copy")
            drop_database(self.server, origin)

    def thing(self, fixture: str) -> Any:
        """What a fixture gives, for one test alone; None when it does not stand here."""
        if fixture not in self.standing:
            return None
        wanted = self.standing[: self.standing.index(fixture) + 1]
        return pickle.loads(self.made[self._name(wanted)])

    def _origin(self, wanted: tuple[str, ...]) -> str:
        name = self._name(wanted)
        if name not in self.made:
            below = self._origin(wanted[:-1]) if wanted[:-1] else self.template
            copy_database(self.server, template=below, name=name)
            with connected_to(name):
                self.made[name] = pickle.dumps(_makers[wanted[-1]]())
        return name

    def _name(self, wanted: tuple[str, ...]) -> str:
        return "_".join((self.own, *wanted))


@pytest.fixture(scope="session")
def kept_databases(
    database_server: Any, database_template: str, django_db_setup: None, django_db_blocker: Any
) -> Iterator[KeptDatabases]:
    """The zone with all its people, and what else takes longer to make than most tests."""
    kept = KeptDatabases(database_server, database_template, str(connection.settings_dict["NAME"]))
    yield kept
    with django_db_blocker.unblock():
        kept.drop()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> None:
    """Before a test's transaction begins, choose its database: one that is kept, or the one before.

    The service hall has a database of its own, with people of its own.
    """
    if fixturedef.argname != "_django_db_helper":
        return
    names = () if "hall_database" in request.fixturenames else request.fixturenames
    wanted = tuple(name for name in _makers if name in names)
    if not wanted and not request.session.stash.get(_MADE, False):
        return
    kept: KeptDatabases = request.getfixturevalue("kept_databases")
    request.session.stash[_MADE] = True
    with request.getfixturevalue("django_db_blocker").unblock():
        if wanted:
            kept.enter(wanted, commits=_commits(request))
        else:
            kept.leave()


_MADE = pytest.StashKey[bool]()


def kept_thing(request: pytest.FixtureRequest) -> Any:
    """What the fixture that asks gives, where it stood in the database before the test began."""
    assert request.fixturename is not None
    return request.getfixturevalue("kept_databases").thing(request.fixturename)


def _commits(request: Any) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(request.fixturenames)
    return bool(asked) or (marker is not None and bool(marker.kwargs.get("transaction")))


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
