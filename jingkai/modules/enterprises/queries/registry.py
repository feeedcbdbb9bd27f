"""Reads: enterprises, what the zone knows of one, industries."""

import csv
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.parties.api import name_matches, representations_of
from jingkai.kernel.parties.data import RepresentationRole
from jingkai.modules.enterprises.data import EnterpriseFilter, Industry, plain_code
from jingkai.modules.enterprises.models import Enterprise, LocalIndustry

INDUSTRIES = Path(__file__).parents[1] / "reference" / "gbt4754-2017.csv"


@lru_cache(maxsize=1)
def packaged_industries() -> dict[str, Industry]:
    """Give the classes of GB/T 4754-2017 by code, sections first within their branch."""
    with INDUSTRIES.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Industry(**row) for row in csv.DictReader(file)}


def industry(code: str) -> Industry | None:
    """Give one class of industry, of the standard or added by the zone; None if there is none."""
    found = packaged_industries().get(code)
    if found is not None:
        return found
    row = LocalIndustry.objects.filter(code=code).first()
    return Industry(row.code, "class", row.parent, row.name) if row else None


def industry_name(code: str) -> str:
    """Give the name of an industry, empty for none."""
    found = industry(code) if code else None
    return found.name if found else ""


def find_industries(text: str, *, limit: int = 30) -> list[Industry]:
    """Find industries by a part of the code or the name, the finest classes first."""
    text = text.strip()
    own = [Industry(row.code, "class", row.parent, row.name) for row in LocalIndustry.objects.all()]
    every = [*packaged_industries().values(), *own]
    found = [item for item in every if text in item.name or item.code.startswith(text.upper())]
    return sorted(found, key=lambda item: (-len(item.code), item.code))[:limit]


def enterprises() -> QuerySet[Enterprise]:
    """Give all enterprises with their names and parks."""
    return Enterprise.objects.select_related("party", "park", "linked_leader__party")


def get_enterprise(enterprise_id: int) -> Enterprise:
    """Give an enterprise by its party's number; raises `Enterprise.DoesNotExist`."""
    return enterprises().get(pk=enterprise_id)


def code_of(column: str) -> Subquery:
    """Give the credit code of the enterprise that a column names, to annotate another module's query."""
    return Subquery(Enterprise.objects.filter(pk=OuterRef(column)).values("uscc"))


def find_by_code(typed: str) -> Enterprise | None:
    """Give the enterprise with this credit code, however it was typed."""
    return enterprises().filter(uscc=plain_code(typed)).first()


_LISTED = Prepared(
    lambda slots: enterprises().filter(pk__in=slots.numbers("ids")).order_by("party__pinyin", "pk")
)


def list_of(enterprise_ids: Iterable[int]) -> list[Enterprise]:
    """Give these enterprises in pinyin order."""
    return _LISTED.fetch(ids=list(enterprise_ids))


def filtered(wanted: EnterpriseFilter) -> QuerySet[Enterprise]:
    """Give the enterprises that a filter leaves; the text may be a part of name, pinyin, initials or code."""
    rows = enterprises().filter(party__active=True)
    if wanted.text:
        by_code = Q(uscc__contains=plain_code(wanted.text))
        rows = rows.filter(name_matches(wanted.text, prefix="party__") | by_code)
    if wanted.park:
        rows = rows.filter(park__code=wanted.park)
    if wanted.industry:
        rows = rows.filter(industry__startswith=wanted.industry)
    for name in ("stage", "scale"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    return rows.filter(above_size=True) if wanted.above_size else rows


def known_facts(enterprise_id: int) -> dict[str, Any]:
    """Give what the zone knows of an enterprise, to be filled into forms; texts only, never asked twice.

    Keys: enterprise_name, uscc, legal_representative, registered_address, industry, industry_name, park,
    stage, scale, contact_name, contact_phone, contact_email (the newest handler, in the clear: for the
    enterprise's own forms only).
    """
    row = get_enterprise(enterprise_id)
    contact = _contact(row.pk)
    return {
        "enterprise_name": row.party.name,
        "uscc": row.uscc,
        "legal_representative": row.legal_representative,
        "registered_address": row.address,
        "industry": row.industry,
        "industry_name": industry_name(row.industry),
        "park": row.park.name if row.park else "",
        "stage": row.stage,
        "scale": row.scale,
        **contact,
    }


def _contact(enterprise_id: int) -> dict[str, str]:
    acting = list(representations_of(enterprise_id).filter(ended_at__isnull=True))
    order: Sequence[str] = (RepresentationRole.HANDLER, RepresentationRole.LEGAL_REPRESENTATIVE)
    acting.sort(key=lambda row: order.index(row.role) if row.role in order else len(order))
    person = acting[0].person if acting else None
    return {
        "contact_name": person.party.name if person else "",
        "contact_phone": person.phone if person else "",
        "contact_email": person.email if person else "",
    }


CHOSEN = "enterprise"


def chosen(request: Any) -> Enterprise:
    """Give the enterprise a person works for now: the one asked for, remembered, or the first.

    Raises `Http404` for who acts for none.
    """
    own = list_of(request.actor.enterprise_ids)
    asked = request.GET.get("enterprise") or request.session.get(CHOSEN, "")
    row = next((item for item in own if str(item.party.uuid) == asked), own[0] if own else None)
    if row is None:
        raise Http404
    if request.session.get(CHOSEN) != str(row.party.uuid):
        request.session[CHOSEN] = str(row.party.uuid)
    return row
