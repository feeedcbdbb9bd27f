"""The door of the enterprise registry."""

from jingkai.modules.enterprises.data import check_code, plain_code
from jingkai.modules.enterprises.operations import (
    EnterpriseDraft,
    allow_code,
    change_enterprise,
    enter_enterprise,
)
from jingkai.modules.enterprises.queries import (
    code_of,
    find_by_code,
    find_industries,
    get_enterprise,
    industry,
    industry_name,
    known_facts,
    list_of,
)
from jingkai.modules.enterprises.rules import CodeTaken, CodeWrong

__all__ = [
    "CodeTaken",
    "CodeWrong",
    "EnterpriseDraft",
    "allow_code",
    "change_enterprise",
    "check_code",
    "code_of",
    "enter_enterprise",
    "find_by_code",
    "find_industries",
    "get_enterprise",
    "industry",
    "industry_name",
    "known_facts",
    "list_of",
    "plain_code",
]
