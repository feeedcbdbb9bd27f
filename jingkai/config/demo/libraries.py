"""What the demonstration's enterprises hold and owe: licences with real files, fee demands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from jingkai.casework.cases.models import Case
from jingkai.config.demo.papers import make_file
from jingkai.config.demo.telling import actor
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import api as licences
from jingkai.modules.licences.data import EntryDraft
from jingkai.records.files import api as files

LICENCES = (
    ("business-licence", "91320826", None),
    ("project-planning-permit", "建字第320826202600118号", 720),
    ("eia-approval", "示环审〔2026〕18号", None),
    ("pollutant-discharge-permit", "91320826MA1CG0020001V", 25),
    ("letter-of-authority", "授2026-03", -3),
)
"""Types, numbers, and how many days from now the last day is; None where the type says."""

HOLDERS = ("chengguang", "jinhe")
FEES = (("infrastructure", "36500"), ("real-estate-registration", "1"))


def seed(at: datetime) -> None:
    """Fill the libraries and issue the demands, once."""
    for login in HOLDERS:
        by = actor(login, at)
        if licences.entries_of(by).filter(origin="uploaded").exists():
            continue
        for code, number, days in LICENCES:
            _put_in(login, code, number, days, at)
    _charge("chengguang", at)


def _put_in(login: str, code: str, number: str, days: int | None, at: datetime) -> None:
    by, type_ = actor(login, at), licences.type_of_code(code)
    assert type_ is not None
    today = timezone.localdate(at)
    since = date(today.year - 1, 3, 1) if days is None else today - timedelta(days=340)
    until = today + timedelta(days=days) if days is not None else None
    firm = enterprises.get_enterprise(by.enterprise_ids[0]).party.name
    licences.add_licence(
        enterprise_id=by.enterprise_ids[0],
        type_=type_,
        draft=EntryDraft(title=type_.name, number=number, valid_from=since, valid_to=until),
        upload=files.receive_bytes(make_file("pdf", type_.name, firm, at), name=f"{type_.name}.pdf"),
        by=by,
        at=at,
    )


def _charge(login: str, at: datetime) -> None:
    holder = actor(login, at)
    firm, clerk = enterprises.get_enterprise(holder.enterprise_ids[0]), actor("chuangkou", at)
    if enterprises.demands_of(holder).exists():
        return
    case = Case.objects.filter(applicant_id=firm.pk).order_by("pk").first()
    for code, quantity in FEES:
        enterprises.issue_demand(
            enterprise=firm,
            code=code,
            quantity=Decimal(quantity),
            case=case,
            handler_id=holder.party_id,
            by=clerk,
            at=at,
        )
