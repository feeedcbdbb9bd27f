"""Drafts and applications: steps of the form, facts, materials, the enterprise's list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.casework.cases import api as cases
from jingkai.kernel.hooks.api import local
from jingkai.kernel.parties import api as parties
from jingkai.modules.approvals import queries
from jingkai.modules.approvals.models import Application, Decision
from jingkai.modules.approvals.queries import MaterialRow, MatterFile
from jingkai.modules.approvals.web.forms import KINDS, SPECIAL_CLASSES, STRUCTURES, facts_form
from jingkai.records.files.api import accept_attribute
from jingkai.records.files.data import AttachmentLine
from jingkai.ui.data import (
    Column,
    Fact,
    FileLink,
    Light,
    Link,
    Material,
    Offer,
    Row,
    Step,
    StepState,
    Table,
    Tone,
)
from jingkai.ui.words import day, grouped, listed, moment

STATE_LIGHTS = {
    Application.State.DRAFT: ("none", gettext_lazy("Draft, not submitted")),
    Application.State.SUBMITTED: ("ok", gettext_lazy("With the window")),
    Application.State.CORRECTING: ("warn", gettext_lazy("Waiting for your corrections")),
    Application.State.ACCEPTED: ("ok", gettext_lazy("Under review")),
    Application.State.DECIDED: ("ok", gettext_lazy("Finished")),
    Application.State.REFUSED: ("late", gettext_lazy("Not accepted")),
    Application.State.WITHDRAWN: ("none", gettext_lazy("Withdrawn")),
    Application.State.HANDED: ("none", gettext_lazy("Handed to the organ")),
}
CHOICES: dict[str, dict[str, Any]] = {
    "construction_kind": dict(KINDS),
    "special_class": dict(SPECIAL_CLASSES),
    "structure": dict(STRUCTURES),
}
MASKS = {"contact_name": parties.mask_name, "contact_phone": parties.mask_phone}
NUMBERS = ("building_area", "building_height", "shelter_area", "investment")


def state_light(application: Application) -> Light:
    """The state of an application in the applicant's words."""
    tone, text = STATE_LIGHTS.get(Application.State(application.state), ("none", ""))
    return Light(cast(Tone, tone), str(text))


def steps(application: Application, current: str) -> list[Step]:
    """The three steps of the form; those already passed are links."""
    names = (
        ("facts", facts_title(application)),
        ("materials", _("Materials")),
        ("check", _("Check and submit")),
    )
    here = [name for name, _label in names].index(current)
    return [
        Step(
            label=label,
            state=_step_state(index, here),
            url=reverse(f"approvals:{name}", args=[application.uuid]) if index < here else "",
        )
        for index, (name, label) in enumerate(names)
    ]


def facts_title(application: Application) -> str:
    """What the facts are called: those of the project, or of a single item's matter."""
    return _("Facts of the matter") if application.package.version_of_id else _("Facts of the project")


def _step_state(index: int, here: int) -> StepState:
    return "done" if index < here else "now" if index == here else "next"


def fact_groups(application: Application, *, masked: bool = False) -> list[tuple[str, list[Fact]]]:
    """The facts as typed, under the headings of the form; officers see personal ones masked."""
    form = facts_form(application.package)
    labels = form.labels()
    return [
        (
            str(title),
            [
                Fact(
                    label=str(labels[name]),
                    value=_said(name, application.facts.get(name), masked=masked),
                    wide=name == "remark",
                )
                for name in names
            ],
        )
        for title, names in form.GROUPS
    ]


def _said(name: str, value: Any, *, masked: bool) -> str:
    if value in (None, ""):
        return "—"
    if masked and name in MASKS:
        return MASKS[name](str(value))
    if name in CHOICES:
        return str(CHOICES[name].get(value, value))
    if name in NUMBERS:
        try:
            return grouped(Decimal(str(value)))
        except InvalidOperation:
            return str(value)
    return str(value)


def applicant_facts(matter: MatterFile) -> list[Fact]:
    """Who applies, masked where it is personal."""
    application = matter.application
    return [
        Fact(_("Applicant"), local(application.enterprise, "name")),
        Fact(_("Credit code"), parties.mask_credit_code(matter.uscc)),
        Fact(_("Handler"), parties.mask_name(application.handler.name)),
    ]


def decision_facts(decision: Decision) -> list[Fact]:
    """The decision with its power, its signature and its seal."""
    document = decision.document
    power = decision.power
    return [
        Fact(_("Decision"), decision.outcome_words),
        Fact(_("Document"), document.number_text if document else "—"),
        Fact(_("Power"), f"{power.basis_words} · {power.instrument}"),
        Fact(_("Decided in the name of"), local(power, "organ")),
        Fact(_("Signed by"), f"{decision.signed_by.name} {moment(decision.signed_at)}"),
        Fact(_("Sealed"), moment(decision.sealed_at)),
    ]


def material_cards(
    application: Application,
    rows: Iterable[MaterialRow],
    *,
    editable: bool,
    offers: Mapping[str, Sequence[Any]] | None = None,
    flags: Sequence[Any] = (),
) -> list[Material]:
    """The materials with their files, faults and, where editing is allowed, their upload.

    `offers` are entries of the enterprise's library by type; `flags` those used here that have ended.
    Materials that the facts do not ask for are left out, unless somebody gave one.
    """
    ended = {flag.slot: flag for flag in flags}
    shown = [row for row in rows if row.needed or row.files]
    cards = [
        (row, _card(application, row, editable, (offers or {}).get(row.material.licence_type, ())))
        for row in shown
    ]
    return [
        replace(card, light=_ended_light(ended[row.material.code])) if row.material.code in ended else card
        for row, card in cards
    ]


def _ended_light(flag: Any) -> Light:
    """A licence used here that has ended, and what that means for the matter."""
    if flag.must_renew:
        return Light("late", _("Ended: must be renewed before the decision"))
    if flag.since is None:
        return Light("warn", _("No longer valid; good as of acceptance"))
    return Light("warn", _("Ended on %(day)s; good as of acceptance") % {"day": day(flag.since)})


def _card(application: Application, row: MaterialRow, editable: bool, offers: Sequence[Any]) -> Material:
    material = row.material
    may_upload = editable and (application.state == Application.State.DRAFT or bool(row.fault))
    return Material(
        name=local(material, "name"),
        key=material.code,
        required=material.required,
        note=local(material, "requirement"),
        light=_card_light(row),
        files=[file_link(application, given, editable=may_upload) for given in row.files],
        upload_url=reverse("approvals:upload", args=[application.uuid, material.code]) if may_upload else "",
        blank_url=_blank(application, material),
        accept=accept_attribute(tuple(material.accepted)),
        offers=[_offer(material.code, one) for one in offers] if may_upload and not row.files else [],
    )


def _blank(application: Application, material: Any) -> str:
    """Where the blank form of a material is; a single item's forms stand in its guide."""
    package = application.package
    if package.version_of_id:
        forms = queries.material_forms(package)
        known = forms.get(material.code)
        return reverse("approvals:item_form", args=[known, material.code, "blank"]) if known else ""
    here = [package.code, material.code]
    return reverse("approvals:blank_form", args=here) if material.blank_form_id else ""


def _offer(code: str, entry: Any) -> Offer:
    """One entry of the library, with its number and its last day."""
    until = _("valid until %(day)s") % {"day": day(entry.valid_to)} if entry.valid_to else _("No end")
    return Offer(
        value=f"{code}:{entry.uuid}", label=entry.title, note=" · ".join(filter(None, (entry.number, until)))
    )


def _card_light(row: MaterialRow) -> Light | None:
    if row.fault and not row.replaced:
        return Light("warn", _("To correct: %(fault)s") % {"fault": row.fault})
    if row.is_missing:
        return Light("none", _("Still missing"))
    return Light("ok", _("Uploaded")) if row.files else None


def file_link(application: Application, given: AttachmentLine, *, editable: bool) -> FileLink:
    """A file of the application, with its removal where editing is allowed."""
    remove = reverse("approvals:remove_file", args=[application.uuid, given.uuid]) if editable else ""
    return FileLink(name=given.name, url=given.url, size=given.size, note=given.remark, remove_url=remove)


def my_rows(applications: Sequence[Application], *, heads: dict[str, Column]) -> Table:
    """The enterprise's matters as one list: light, matter, who holds it; `heads` sort the dates."""
    holders = cases.holders([one.case_id for one in applications if one.case_id])
    return Table(
        caption=_("My matters"),
        columns=[
            Column(_("State"), "light"),
            Column(_("Matter"), "title"),
            Column(_("With whom")),
            heads["created_at"],
            heads["updated_at"],
        ],
        rows=[_my_row(one, holders.get(one.case_id or 0, ())) for one in applications],
    )


def my_head() -> list[tuple[str, int]]:
    """The columns of the spreadsheet of matters."""
    return [
        (_("Receipt number"), 16),
        (_("Project name"), 36),
        (_("Service"), 30),
        (_("Enterprise"), 30),
        (_("State"), 18),
        (_("With whom"), 24),
        (_("Begun"), 17),
        (_("Submitted"), 17),
        (_("Last change"), 17),
    ]


def my_lines(applications: Sequence[Application]) -> Iterator[list[Any]]:
    """The lines of the spreadsheet of matters."""
    holders = cases.holders([one.case_id for one in applications if one.case_id])
    for one in applications:
        yield [
            one.case.reference if one.case else "",
            one.project_name,
            local(one.package, "name"),
            local(one.enterprise, "name"),
            state_light(one).text,
            _where(holders.get(one.case_id or 0, ())),
            one.created_at,
            one.submitted_at,
            one.updated_at,
        ]


def _where(holders: Sequence[Any]) -> str:
    return listed(dict.fromkeys(local(holder, "unit") or local(holder, "name") for holder in holders))


def _my_row(application: Application, holders: Sequence[Any]) -> Row:
    name = application.project_name or _("(no project name yet)")
    reference = application.case.reference if application.case else _("Draft")
    title = f"{name} · {local(application.package, 'name')}"
    return Row(
        [
            state_light(application),
            Link(title, reverse("approvals:matter", args=[application.uuid]), sub=str(reference)),
            _where(holders) or "—",
            application.created_at,
            application.updated_at,
        ]
    )
