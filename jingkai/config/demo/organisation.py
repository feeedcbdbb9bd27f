"""Units, posts and people of the demonstration zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction

from jingkai.config.seeding import DemoPeople
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.accounts.models import User
from jingkai.kernel.organisation import api as organisation
from jingkai.kernel.organisation.data import UnitKind
from jingkai.kernel.organisation.models import Post, Role, Unit
from jingkai.kernel.parties import api as parties
from jingkai.kernel.permissions.data import SYSTEM

ZONE = ("示范经济开发区", "Shifan Economic Development Zone")


@dataclass(frozen=True)
class UnitLine:
    """One unit: code, kind, names, whom it belongs to, who sent it."""

    code: str
    kind: UnitKind
    name: str
    name_en: str
    parent: str = ""
    home: str = ""


@dataclass(frozen=True)
class PersonLine:
    """One person: login, names, unit, post, roles; `factor` gives a second factor."""

    login: str
    name: str
    name_en: str
    unit: str
    title: str
    title_en: str
    roles: tuple[str, ...]
    head: bool = False
    factor: bool = False


UNITS = (
    UnitLine("committee", UnitKind.COMMITTEE, "示范经济开发区管理委员会", "Administrative Committee"),
    UnitLine(
        "county_housing",
        UnitKind.OUTSIDE,
        "示范县住房和城乡建设局",
        "Shifan County Bureau of Housing and Construction",
    ),
    UnitLine(
        "county_airdefence",
        UnitKind.OUTSIDE,
        "示范县国防动员办公室",
        "Shifan County Defence Mobilisation Office",
    ),
    UnitLine(
        "county_resources",
        UnitKind.OUTSIDE,
        "示范县自然资源和规划局",
        "Shifan County Natural Resources Bureau",
    ),
    UnitLine(
        "county_market",
        UnitKind.OUTSIDE,
        "示范县市场监督管理局",
        "Shifan County Market Regulation Bureau",
    ),
    UnitLine(
        "city_environment",
        UnitKind.OUTSIDE,
        "示范市生态环境局",
        "Shifan City Ecology and Environment Bureau",
    ),
    UnitLine(
        "county_development",
        UnitKind.OUTSIDE,
        "示范县发展和改革委员会",
        "Shifan County Development and Reform Commission",
    ),
    UnitLine(
        "county_hr",
        UnitKind.OUTSIDE,
        "示范县人力资源和社会保障局",
        "Shifan County Human Resources and Social Security Bureau",
    ),
    UnitLine(
        "county_water",
        UnitKind.OUTSIDE,
        "示范县水务局",
        "Shifan County Water Bureau",
    ),
    UnitLine(
        "approval",
        UnitKind.BUREAU,
        "行政审批局（政务服务中心）",
        "Approval Bureau (Service Hall)",
        "committee",
    ),
    UnitLine("construction", UnitKind.BUREAU, "规划建设局", "Planning and Construction Bureau", "committee"),
    UnitLine("fire", UnitKind.CENTRE, "消防审验中心", "Fire Review Centre", "construction"),
    UnitLine("quality", UnitKind.CENTRE, "质量安全监督站", "Quality and Safety Station", "construction"),
    UnitLine(
        "airdefence",
        UnitKind.DISPATCHED,
        "人防办派驻组",
        "Air Defence Dispatched Office",
        "committee",
        "county_airdefence",
    ),
    UnitLine(
        "resources",
        UnitKind.DISPATCHED,
        "自然资源分局",
        "Natural Resources Branch",
        "committee",
        "county_resources",
    ),
    UnitLine(
        "market",
        UnitKind.DISPATCHED,
        "市场监管分局",
        "Market Regulation Branch",
        "committee",
        "county_market",
    ),
    UnitLine(
        "environment",
        UnitKind.DISPATCHED,
        "生态环境分局",
        "Ecology and Environment Branch",
        "committee",
        "city_environment",
    ),
    UnitLine(
        "hr",
        UnitKind.CENTRE,
        "人社服务中心",
        "Human Resources Service Centre",
        "committee",
    ),
    UnitLine(
        "water",
        UnitKind.CENTRE,
        "水务站",
        "Water Station",
        "committee",
    ),
    UnitLine(
        "urban",
        UnitKind.BUREAU,
        "城市管理局",
        "Urban Management Bureau",
        "committee",
    ),
    UnitLine("investment", UnitKind.BUREAU, "招商发展局", "Investment Bureau", "committee"),
    UnitLine("emergency", UnitKind.BUREAU, "应急管理局", "Emergency Management Bureau", "committee"),
    UnitLine("finance", UnitKind.BUREAU, "财政分局", "Finance Branch", "committee"),
    UnitLine("service", UnitKind.CENTRE, "客商服务中心", "Investor Service Centre", "committee"),
    UnitLine(
        "platform",
        UnitKind.PLATFORM,
        "开发区建设投资集团有限公司",
        "Zone Construction Investment Group",
        "committee",
    ),
)

PEOPLE = (
    PersonLine("zhuren", "王建国", "Wang Jianguo", "committee", "主任", "Director", ("leader",), head=True),
    PersonLine(
        "fuzhuren",
        "周文",
        "Zhou Wen",
        "committee",
        "分管建设副主任",
        "Deputy Director (Construction)",
        ("signer", "leader"),
    ),
    PersonLine(
        "chuangkou", "孙丽", "Sun Li", "approval", "3号窗口受理员", "Window Clerk, Window 3", ("clerk",)
    ),
    PersonLine(
        "chuangkou2",
        "刘芳",
        "Liu Fang",
        "approval",
        "综合窗口受理员",
        "Window Clerk, General Window",
        ("clerk",),
    ),
    PersonLine("xiaofang", "李敏", "Li Min", "fire", "消防审查员", "Fire Review Officer", ("officer",)),
    PersonLine("xiaofang2", "赵越", "Zhao Yue", "fire", "消防审查员", "Fire Review Officer", ("officer",)),
    PersonLine(
        "xiaofangzr",
        "冯涛",
        "Feng Tao",
        "fire",
        "消防审验中心主任",
        "Head of the Fire Review Centre",
        ("officer", "unit_head"),
        head=True,
    ),
    PersonLine(
        "renfang",
        "何俊",
        "He Jun",
        "airdefence",
        "人防审查员",
        "Air Defence Officer",
        ("officer",),
        head=True,
    ),
    PersonLine(
        "zhian", "张航", "Zhang Hang", "quality", "质量安全监督员", "Quality and Safety Officer", ("officer",)
    ),
    PersonLine("shichang", "唐静", "Tang Jing", "market", "登记审查员", "Registration Officer", ("officer",)),
    PersonLine("touzi", "罗成", "Luo Cheng", "investment", "项目审查员", "Project Officer", ("officer",)),
    PersonLine("huanbao", "梁洁", "Liang Jie", "environment", "环评审查员", "EIA Officer", ("officer",)),
    PersonLine("ziran", "宋岩", "Song Yan", "resources", "规划用地审查员", "Land Officer", ("officer",)),
    PersonLine(
        "guihua", "许昌", "Xu Chang", "construction", "建设审查员", "Construction Officer", ("officer",)
    ),
    PersonLine("daiban", "高芸", "Gao Yun", "service", "带办专员", "Service Agent", ("service_agent",)),
    PersonLine(
        "xianju",
        "彭涛",
        "Peng Tao",
        "county_resources",
        "见文换文经办人",
        "Reissuing Officer",
        ("county_officer",),
        factor=True,
    ),
    PersonLine(
        "yinzhang",
        "郑霞",
        "Zheng Xia",
        "approval",
        "印章管理员",
        "Seal Custodian",
        ("custodian",),
        factor=True,
    ),
    PersonLine(
        "shixiang", "钱宁", "Qian Ning", "approval", "事项管理员", "Catalogue Editor", ("catalogue_editor",)
    ),
    PersonLine(
        "sysadmin",
        "沈远",
        "Shen Yuan",
        "committee",
        "系统管理员",
        "System Administrator",
        ("system_admin",),
        factor=True,
    ),
    PersonLine(
        "secadmin",
        "韩磊",
        "Han Lei",
        "committee",
        "安全管理员",
        "Security Administrator",
        ("security_admin",),
        factor=True,
    ),
    PersonLine(
        "auditadmin",
        "杨洁",
        "Yang Jie",
        "committee",
        "审计管理员",
        "Audit Administrator",
        ("audit_admin",),
        factor=True,
    ),
    PersonLine(
        "dating",
        "马骏",
        "Ma Jun",
        "approval",
        "政务大厅主管",
        "Manager of the Service Hall",
        ("hall_manager",),
    ),
)

MORE = (
    PersonLine(
        "shenpi",
        "董梅",
        "Dong Mei",
        "approval",
        "行政审批局局长",
        "Head of the Approval Bureau",
        ("unit_head",),
        head=True,
    ),
    PersonLine("chengguan", "石磊", "Shi Lei", "urban", "城管审查员", "Urban Officer", ("officer",)),
    PersonLine("renshe", "沈月", "Shen Yue", "hr", "人社审查员", "Employment Officer", ("officer",)),
    PersonLine("shuiwu", "江波", "Jiang Bo", "water", "水务审查员", "Water Officer", ("officer",)),
)
"""Those whom only the lively zone needs: a head of the hall, and reviewers of further departments."""


@transaction.atomic
def seed(people: DemoPeople, at: datetime) -> None:
    """Build the organisation once; show everybody in the table each time."""
    parties.ensure_zone(name=ZONE[0], name_en=ZONE[1], by=SYSTEM, at=at)
    roles = organisation.ensure_standard_roles(by=SYSTEM, at=at)
    for order, line in enumerate(UNITS):
        _unit(line, order, at)
    for order, person in enumerate(PEOPLE):
        _person(person, order, roles, people, at)


def seed_more(people: DemoPeople, at: datetime) -> None:
    """Add those whom the errands of the demonstration need, once."""
    roles = organisation.ensure_standard_roles(by=SYSTEM, at=at)
    for order, person in enumerate(MORE, start=len(PEOPLE)):
        _person(person, order, roles, people, at)


def person_id(login: str) -> int:
    """The person behind a login of the demonstration."""
    return int(User.objects.exclude(person=None).values_list("person_id", flat=True).get(username=login))


def _unit(line: UnitLine, order: int, at: datetime) -> None:
    if Unit.objects.filter(code=line.code).exists():
        return
    draft = organisation.UnitDraft(
        code=line.code,
        kind=line.kind,
        name=line.name,
        name_en=line.name_en,
        parent_id=organisation.unit_by_code(line.parent).pk if line.parent else None,
        home_unit_id=organisation.unit_by_code(line.home).pk if line.home else None,
        order=order,
    )
    organisation.create_unit(draft=draft, by=SYSTEM, at=at)


def _person(line: PersonLine, order: int, roles: dict[str, Role], people: DemoPeople, at: datetime) -> None:
    secret = people.totp_secret(line.login) if line.factor else ""
    if not User.objects.filter(username=line.login).exists():
        person = parties.register_person(
            name=line.name,
            name_en=line.name_en,
            phone=f"1390000{order + 1:04d}",
            email=f"{line.login}@demo.example",
            by=SYSTEM,
            at=at,
        )
        post = _post(line, order, roles, at)
        organisation.appoint(person=person, post=post, starts_on=_since(at), by=SYSTEM, at=at)
        login = accounts.create_user(
            person=person,
            kind=AccountKind.STAFF,
            username=line.login,
            password=people.password(line.login),
            by=SYSTEM,
            at=at,
        )
        if secret:
            TOTP.activate(User.objects.get(pk=login.user_id), secret)
    people.show(name=line.name, role=f"{line.title} {line.title_en}", login=line.login)


def _post(line: PersonLine, order: int, roles: dict[str, Role], at: datetime) -> Post:
    unit = organisation.unit_by_code(line.unit)
    found = Post.objects.filter(unit=unit, title=line.title).first()
    if found is not None:
        return found
    draft = organisation.PostDraft(title=line.title, title_en=line.title_en, head=line.head, order=order)
    post = organisation.create_post(unit=unit, draft=draft, by=SYSTEM, at=at)
    post.roles.set([roles[code] for code in line.roles])
    return post


def _since(at: datetime) -> date:
    return (at - timedelta(days=400)).date()
