"""Enterprises entered and changed; early codes admitted; industries added."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import mark, record
from jingkai.kernel.events.api import publish
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.organisation.models import Park
from jingkai.kernel.parties.api import check_version, register_party, rename_party
from jingkai.kernel.parties.data import PartyKind
from jingkai.kernel.parties.models import Person
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.enterprises import queries, rules
from jingkai.modules.enterprises.data import check_code, plain_code
from jingkai.modules.enterprises.events import EnterpriseChanged, EnterpriseRegistered
from jingkai.modules.enterprises.models import CodeException, Enterprise, LocalIndustry


class CannotBeAdmitted(PersonFacingError):
    """The code has no failed check to overlook."""

    sentence = _("This code cannot be admitted: %(why)s")
    advice = _("Only a code whose check character fails can be admitted; compare it with the licence.")


class IndustryUnknown(PersonFacingError):
    """The industry is not in GB/T 4754-2017 or among those the zone added."""

    sentence = _("There is no industry with the code “%(code)s”.")
    advice = _("Choose one from the list.")
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterpriseDraft:
    """What is said about an enterprise; its credit code is given apart, because it never changes."""

    name: str
    name_en: str = ""
    legal_representative: str
    address: str = ""
    industry: str = ""
    park: Park | None = None
    stage: str = ""
    scale: str = ""
    above_size: bool = False
    linked_leader: Person | None = None


@transaction.atomic
def enter_enterprise(*, uscc: str, draft: EnterpriseDraft, by: Actor, at: datetime) -> Enterprise:
    """Enter an enterprise under its credit code; each code stands for one enterprise."""
    code = rules.require_admitted_code(uscc)
    _check_industry(draft.industry)
    party = register_party(kind=PartyKind.ENTERPRISE, name=draft.name, name_en=draft.name_en, by=by, at=at)
    row = Enterprise(party=party, uscc=code, registered_at=at)
    _fill(row, draft)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise rules.CodeTaken(name=draft.name) from error
    record(party, action="enterprise.registered", by=by, at=at, for_=party.pk, facts={"uscc": mark(code)})
    publish(EnterpriseRegistered(enterprise_id=party.pk))
    return row


@transaction.atomic
def change_enterprise(
    *, enterprise: Enterprise, draft: EnterpriseDraft, version: int, by: Actor, at: datetime
) -> Enterprise:
    """Change what the registry says about an enterprise; a form opened before the last change is refused."""
    row = Enterprise.objects.select_for_update(of=("self",)).select_related("party").get(pk=enterprise.pk)
    check_version(row_version=row.version, form_version=version)
    _check_industry(draft.industry)
    if (row.party.name, row.party.name_en) != (draft.name, draft.name_en):
        rename_party(party=row.party, name=draft.name, name_en=draft.name_en, by=by, at=at)
    before = _facts(row)
    _fill(row, draft)
    row.version += 1
    row.save()
    changed = sorted(name for name, value in _facts(row).items() if before[name] != value)
    record(row.party, action="enterprise.changed", by=by, at=at, for_=row.pk, facts={"changed": changed})
    publish(EnterpriseChanged(enterprise_id=row.pk))
    return row


@transaction.atomic
def change_own(
    *,
    enterprise: Enterprise,
    address: str,
    industry: str,
    name_en: str,
    version: int,
    by: Actor,
    at: datetime,
) -> Enterprise:
    """Let an enterprise correct what it knows best; name, code and park are changed by the zone."""
    draft = EnterpriseDraft(
        name=enterprise.party.name,
        name_en=name_en,
        legal_representative=enterprise.legal_representative,
        address=address,
        industry=industry,
        park=enterprise.park,
        stage=enterprise.stage,
        scale=enterprise.scale,
        above_size=enterprise.above_size,
        linked_leader=enterprise.linked_leader,
    )
    return change_enterprise(enterprise=enterprise, draft=draft, version=version, by=by, at=at)


def _fill(row: Enterprise, draft: EnterpriseDraft) -> None:
    row.legal_representative, row.address = draft.legal_representative, draft.address
    row.industry, row.park = draft.industry, draft.park
    row.stage, row.scale, row.above_size = draft.stage, draft.scale, draft.above_size
    row.linked_leader = draft.linked_leader


def _facts(row: Enterprise) -> dict[str, object]:
    names = (
        "legal_representative",
        "address",
        "industry",
        "park_id",
        "stage",
        "scale",
        "above_size",
        "linked_leader_id",
    )
    return {name: getattr(row, name) for name in names}


def _check_industry(code: str) -> None:
    if code and queries.industry(code) is None:
        raise IndustryUnknown(code=code)


@transaction.atomic
def allow_code(*, uscc: str, reason: str, by: Actor, at: datetime) -> CodeException:
    """Admit a code whose check fails, with the reason; the officer who answers for it saw the licence."""
    code, fault = plain_code(uscc), check_code(uscc)
    if fault is None:
        raise CannotBeAdmitted(why=_("it is right and needs no exception."))
    if not rules.may_be_admitted(fault):
        raise CannotBeAdmitted(why=rules.fault_text(fault))
    if by.party_id is None:
        raise PermissionError("an exception has a person who answers for it")
    row, new = CodeException.objects.get_or_create(
        uscc=code, defaults={"reason": reason.strip(), "granted_by_id": by.party_id, "granted_at": at}
    )
    if new:
        facts = {"uscc": mark(code), "fault": fault.kind.value, "reason": reason.strip()}
        record(row, action="credit_code.admitted", by=by, at=at, facts=facts)
    return row


@transaction.atomic
def add_industry(*, code: str, parent: str, name: str, source: str, by: Actor, at: datetime) -> LocalIndustry:
    """Add a class of industry that the packaged standard lacks."""
    if queries.industry(parent) is None:
        raise IndustryUnknown(code=parent)
    row, _new = LocalIndustry.objects.update_or_create(
        code=code.upper(), defaults={"parent": parent, "name": name, "source": source}
    )
    record(row, action="industry.added", by=by, at=at, facts={"code": row.code, "source": source})
    return row
