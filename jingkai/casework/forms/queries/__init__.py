"""Reads: published forms, sheets, answers."""

from jingkai.casework.forms.queries.answers import (
    active_units,
    answers_of,
    parties_in,
    rows_by_sheet,
    unit_codes,
    values_of,
)
from jingkai.casework.forms.queries.filling import StepForm, condition_tree, step_form
from jingkai.casework.forms.queries.records import PAGE, Sought, list_forms, list_sheets, searchable
from jingkai.casework.forms.queries.sheets import (
    OWNER,
    NoSuchSheet,
    draft_of,
    files_by_field,
    find_begun,
    find_sheet_id,
    first_step,
    flow_of,
    form_at,
    get_sheet,
    keys_in_hand,
    list_unsent,
    may_read_sheet,
    may_write_file,
    sheets_of,
)
from jingkai.casework.forms.queries.versions import find_current, find_version, form_of
from jingkai.casework.forms.queries.words import Parties, facts_of, words_of

__all__ = [
    "OWNER",
    "PAGE",
    "NoSuchSheet",
    "Parties",
    "Sought",
    "StepForm",
    "active_units",
    "answers_of",
    "condition_tree",
    "draft_of",
    "facts_of",
    "files_by_field",
    "find_begun",
    "find_current",
    "find_sheet_id",
    "find_version",
    "first_step",
    "flow_of",
    "form_at",
    "form_of",
    "get_sheet",
    "keys_in_hand",
    "list_forms",
    "list_sheets",
    "list_unsent",
    "may_read_sheet",
    "may_write_file",
    "parties_in",
    "rows_by_sheet",
    "searchable",
    "sheets_of",
    "step_form",
    "unit_codes",
    "values_of",
    "words_of",
]
