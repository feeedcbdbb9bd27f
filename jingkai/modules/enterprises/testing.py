"""Enterprises for tests: `enrol(cast)` gives the cast's enterprise parties their rows in the registry."""

from itertools import count

from django.utils import timezone

from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.enterprises.data import body_check_character, check_character
from jingkai.modules.enterprises.models import Enterprise
from jingkai.modules.enterprises.operations import EnterpriseDraft, enter_enterprise

_numbers = count(1)


def make_code(body: str = "MA1TE7T0", *, before: str = "91320826") -> str:
    """Give a right credit code around eight characters of an organisation code."""
    first = before + body + body_check_character(body)
    return first + check_character(first)


def fresh_code() -> str:
    """Give a right credit code that no other call gave."""
    return make_code(f"MA{next(_numbers):06d}")


def make_enterprise(name: str = "测试机械有限公司", uscc: str = "") -> Enterprise:
    """Enter an enterprise into the registry."""
    draft = EnterpriseDraft(
        name=name, legal_representative="钱大", address="示范经济开发区一号路 1 号", industry="C1431"
    )
    return enter_enterprise(uscc=uscc or fresh_code(), draft=draft, by=SYSTEM, at=timezone.now())


def enrol(cast: Cast) -> Enterprise:
    """Give both enterprises of the cast their rows in the registry; gives that of `cast.handler`."""
    for party in (cast.other_enterprise, cast.enterprise):
        row = Enterprise.objects.create(
            party=party,
            uscc=fresh_code(),
            legal_representative="朱法人",
            address="示范经济开发区创新路 8 号",
            industry="C3411",
            registered_at=cast.at,
        )
    return row
