"""People whom the unified log-in has proven to act for an enterprise (法人 log-in)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from jingkai.kernel.audit.api import record
from jingkai.kernel.federation.data import EnterpriseWords
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.notices.api import declare_kind, notify
from jingkai.kernel.notices.data import NoticeKind
from jingkai.kernel.parties.api import begin_representation, get_person, representations_of
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.data import plain_code
from jingkai.modules.enterprises.models import Enterprise
from jingkai.modules.enterprises.operations.registry import EnterpriseDraft, enter_enterprise

PROVEN = NoticeKind(
    "handler_proven",
    "新增经办人",
    "Somebody acts for the enterprise",
    ("enterprise",),
    "有人通过统一身份认证成为{enterprise}的经办人",
    "Somebody now acts for {enterprise} by the unified log-in",
    "如不是贵企业的人员，请到“我的企业”中移除，并告知服务窗口。",
    "If the person is not of the enterprise, remove them under “My enterprise” and tell the service window.",
)


def declare_notices() -> None:
    """Make the kinds of notices known."""
    declare_kind(PROVEN)


@transaction.atomic
def act_by_unified_login(*, person_id: int, words: EnterpriseWords, by: Actor, at: datetime) -> str:
    """Let a person act for the enterprise that the unified log-in has proven; gives its name.

    An enterprise that is not registered yet is, with what the platform told. Those who act for it already
    are told. Errors: CodeWrong, AlreadyActsFor.
    """
    row = queries.find_by_code(words.uscc)
    if row is None:
        draft = EnterpriseDraft(
            name=words.name or words.uscc, legal_representative=words.legal_representative or "—"
        )
        row = enter_enterprise(uscc=words.uscc, draft=draft, by=by, at=at)
    others = [one.person_id for one in representations_of(row.pk, on=timezone.localdate(at))]
    role = RepresentationRole.HANDLER
    if words.is_legal_representative:
        role = RepresentationRole.LEGAL_REPRESENTATIVE
    person = get_person(person_id)
    begin_representation(person=person, party=row.party, role=role, on=timezone.localdate(at), by=by, at=at)
    record(row.party, action="handler.proven", by=by, at=at, for_=row.pk, facts={"role": role.value})
    _tell(row, [one for one in others if one != person_id], at)
    return row.party.name


def _tell(row: Enterprise, others: list[int], at: datetime) -> None:
    if not others:
        return
    notify(
        to=others,
        kind=PROVEN.code,
        facts={"enterprise": row.party.name},
        url=reverse("enterprises:home"),
        at=at,
    )


def code_fault(typed: str) -> str:
    """Say why a code cannot stand for an enterprise; empty where it can, registered or not."""
    try:
        rules.require_admitted_code(typed)
    except rules.CodeTaken:
        return ""
    except PersonFacingError as error:
        return str(error.sentence)
    return ""


def acts_for(person_id: int, typed: str, at: datetime) -> bool:
    """Whether a person acts for the enterprise with this code today."""
    row = Enterprise.objects.filter(uscc=plain_code(typed)).first()
    if row is None:
        return False
    return representations_of(row.pk, on=timezone.localdate(at)).filter(person_id=person_id).exists()


def name_of(typed: str) -> str:
    """What the registered enterprise with this code is called; empty where none is."""
    row = queries.find_by_code(typed)
    return row.party.name if row else ""
