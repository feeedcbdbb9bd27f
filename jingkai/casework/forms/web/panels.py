"""What forms hang into other pages: a case's filled sheets, the owner of their files, words of the trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jingkai.casework.forms import operations, queries, rules
from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.hooks.api import case_tabs, local, menu
from jingkai.kernel.hooks.data import CaseTab, MenuEntry
from jingkai.records.files import api as files
from jingkai.records.files.data import OwnerKind

MENU = MenuEntry(label=_("Filled forms"), url_name="forms:records", icon="clipboard-list", order=25)
ACTIONS = {"form.answered": _("Form filled in"), "form.published": _("Form published")}
TAB = "forms"


def sheets_section(request: Any, case_id: Any) -> Mapping[str, Any] | None:
    """Give the filled sheets of a case; nothing where there are none."""
    begun = queries.sheets_on_page(request, int(case_id))
    sheets = [sheet for sheet in begun if sheet.answered_at is not None]
    if not sheets:
        return None
    found = []
    in_hand = queries.keys_in_hand(request.actor, int(case_id))
    for sheet in sheets:
        form = queries.form_of(sheet.form)
        answers = rules.with_sums(form, queries.answers_of(sheet, form))
        fields = rules.visible_fields(form, answers) if sheet.key not in in_hand else ()
        along = queries.along_of(sheet)
        parties = along.parties if along else None
        facts = queries.facts_of(form, answers, fields, queries.lines_of(sheet), parties)
        found.append(
            {"sheet": sheet, "name": local(form, "name"), "facts": facts, "above": sheet.key in in_hand}
        )
    return {"sheets": found}


def register() -> None:
    """Hang everything in; called once while the product starts."""
    menu.register(MENU)
    case_tabs.register(
        CaseTab(
            key=TAB,
            label=_("Forms"),
            template="forms/section.html",
            context=sheets_section,
            order=10,
            has_any=queries.is_filled,
        )
    )
    files.register_owner(
        OwnerKind(
            code=queries.OWNER,
            may_read=queries.may_read_sheet,
            may_write=queries.may_write_file,
            resolve=queries.find_sheet_id,
        )
    )
    describe_actions(ACTIONS)
    describe_stream("forms.formversion", _("Form"))
    describe_stream(operations.STREAM, _("Export of answers"))
