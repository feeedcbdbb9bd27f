"""Enterprises of the demonstration zone and the people who act for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from jingkai.config.seeding import DemoPeople
from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts.data import AccountKind
from jingkai.kernel.accounts.models import User
from jingkai.kernel.parties import api as parties
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.parties.models import Person, Representation
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.enterprises import api as enterprises


@dataclass(frozen=True)
class EnterpriseLine:
    """One enterprise: names, body of its credit code, legal representative, address, industry."""

    name: str
    name_en: str
    uscc: str
    legal: str
    address: str
    industry: str
    handler: tuple[str, str, str] | None = None
    acting: tuple[str, str] = ("", "")
    """Who acts for it without a login that the demonstration shows: name in Chinese and English."""


def _more(
    name: str, name_en: str, body: str, industry: str, legal: str, acting: tuple[str, str]
) -> EnterpriseLine:
    """An enterprise of which the demonstration shows no login."""
    code = f"91320826MA1{body}"
    address = "示范经济开发区创新路"
    return EnterpriseLine(name, f"{name_en} Co., Ltd.", code, legal, address, industry, acting=acting)


ENTERPRISES = (
    EnterpriseLine(
        "今禾食品有限公司",
        "Jinhe Food Co., Ltd.",
        "91320826MA1JH001",
        "陈立群",
        "示范经济开发区迎宾大道 18 号",
        "C1432",
        ("jinhe", "陈浩", "Chen Hao"),
    ),
    EnterpriseLine(
        "澄光电子科技有限公司",
        "Chengguang Electronics Co., Ltd.",
        "91320826MA1CG002",
        "林晓东",
        "示范经济开发区创新路 6 号",
        "C3982",
        ("chengguang", "吴倩", "Wu Qian"),
    ),
    EnterpriseLine(
        "虹锦纺织有限公司",
        "Hongjin Textile Co., Ltd.",
        "91320826MA1HJ003",
        "徐国强",
        "示范经济开发区纬三路 33 号",
        "C1751",
        ("hongjin", "马超", "Ma Chao"),
    ),
)

MORE = (
    _more("恒泰精密机械有限公司", "Hengtai Precision", "HT004", "C3525", "孔令辉", ("朱琳", "Zhu Lin")),
    _more("绿源生物医药股份有限公司", "Lvyuan Biopharma", "LY005", "C2761", "谢安", ("蒋涛", "Jiang Tao")),
    _more("新辰储能科技有限公司", "Xinchen Energy Storage", "XC006", "C3841", "袁野", ("苏芮", "Su Rui")),
    _more("远航供应链有限公司", "Yuanhang Supply Chain", "YH007", "G5920", "于海", ("卢燕", "Lu Yan")),
    _more("安捷智能装备有限公司", "Anjie Intelligent", "AJ008", "C3491", "顾城", ("贺兰", "He Lan")),
    _more("云帆软件有限公司", "Yunfan Software", "YF009", "I6513", "程曦", ("叶舟", "Ye Zhou")),
    _more("众信人力资源有限公司", "Zhongxin Human Resources", "HR010", "L7263", "魏巍", ("罗兰", "Luo Lan")),
    _more("博川新材料有限公司", "Bochuan New Materials", "BC011", "C2651", "田野", ("崔莹", "Cui Ying")),
    _more("天润水环境有限公司", "Tianrun Water", "TR012", "N7721", "江河", ("白雪", "Bai Xue")),
)


@transaction.atomic
def seed(people: DemoPeople, at: datetime) -> None:
    """Register the enterprises and the logins of their handlers once."""
    for order, line in enumerate(ENTERPRISES):
        party_id = _enterprise(line, at)
        if line.handler:
            _handler(line.handler, party_id, order, people, at)
            people.show(name=line.handler[1], role=f"经办人 Handler, {line.name}", login=line.handler[0])


@transaction.atomic
def seed_more(at: datetime) -> None:
    """Register the others, each with somebody who acts for it, once."""
    for order, line in enumerate(MORE, start=len(ENTERPRISES)):
        _acting(line, _enterprise(line, at), order, at)


def person_acting(number: int) -> int:
    """Whoever acts for the enterprise at this place of the list."""
    line = (*ENTERPRISES, *MORE)[number]
    found = enterprises.find_by_code(with_check(line.uscc))
    assert found is not None
    rows = Representation.objects.filter(party_id=found.pk, role=RepresentationRole.HANDLER)
    return int(rows.order_by("pk").values_list("person_id", flat=True)[0])


def _enterprise(line: EnterpriseLine, at: datetime) -> int:
    code = with_check(line.uscc)
    found = enterprises.find_by_code(code)
    if found is None:
        draft = enterprises.EnterpriseDraft(
            name=line.name,
            name_en=line.name_en,
            legal_representative=line.legal,
            address=line.address,
            industry=line.industry,
        )
        found = enterprises.enter_enterprise(uscc=code, draft=draft, by=SYSTEM, at=at)
    return int(found.pk)


def with_check(code: str) -> str:
    """The code with its check characters computed (GB 32100-2015), so that invented ones are valid."""
    from stdnum.cn import uscc

    body = code[:8] + _organisation_code(code[8:16])
    return body + str(uscc.calc_check_digit(body))


def _organisation_code(body: str) -> str:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = [int(letter, 36) for letter in body]
    check = (11 - sum(w * v for w, v in zip(weights, values, strict=True)) % 11) % 11
    return body + ("X" if check == 10 else str(check))


def _handler(
    handler: tuple[str, str, str], party_id: int, order: int, people: DemoPeople, at: datetime
) -> None:
    login, name, name_en = handler
    if User.objects.filter(username=login).exists():
        return
    person = _person(name, name_en, f"{login}@demo.example", party_id, order, at)
    accounts.create_user(
        person=person,
        kind=AccountKind.ENTERPRISE,
        username=login,
        password=people.password(login),
        by=SYSTEM,
        at=at,
    )


def _acting(line: EnterpriseLine, party_id: int, order: int, at: datetime) -> None:
    if not Representation.objects.filter(party_id=party_id).exists():
        _person(*line.acting, f"firm{order}@demo.example", party_id, order, at)


def _person(name: str, name_en: str, email: str, party_id: int, order: int, at: datetime) -> Person:
    person = parties.register_person(
        name=name, name_en=name_en, phone=f"1380000{order + 1:04d}", email=email, by=SYSTEM, at=at
    )
    parties.begin_representation(
        person=person,
        party=enterprises.get_enterprise(party_id).party,
        role=RepresentationRole.HANDLER,
        on=date(at.year - 1, 1, 1),
        by=SYSTEM,
        at=at,
    )
    return person
