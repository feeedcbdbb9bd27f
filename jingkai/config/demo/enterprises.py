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


@transaction.atomic
def seed(people: DemoPeople, at: datetime) -> None:
    """Register the enterprises and the logins of their handlers once."""
    for order, line in enumerate(ENTERPRISES):
        party_id = _enterprise(line, at)
        if line.handler:
            _handler(line.handler, party_id, order, people, at)
            people.show(name=line.handler[1], role=f"经办人 Handler, {line.name}", login=line.handler[0])


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
    person = parties.register_person(
        name=name,
        name_en=name_en,
        phone=f"1380000{order + 1:04d}",
        email=f"{login}@demo.example",
        by=SYSTEM,
        at=at,
    )
    parties.begin_representation(
        person=person,
        party=enterprises.get_enterprise(party_id).party,
        role=RepresentationRole.HANDLER,
        on=date(at.year - 1, 1, 1),
        by=SYSTEM,
        at=at,
    )
    accounts.create_user(
        person=person,
        kind=AccountKind.ENTERPRISE,
        username=login,
        password=people.password(login),
        by=SYSTEM,
        at=at,
    )
