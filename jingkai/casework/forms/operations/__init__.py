"""Writes: publish a form, fill it."""

from jingkai.casework.forms.operations.answering import (
    AnswersRefused,
    CannotStart,
    ChangedMeanwhile,
    HasNoForm,
    answer_task,
    begin_sheet,
    drop_begun,
    save_draft,
    sheet_for_task,
    start_with_form,
    subject_of,
)
from jingkai.casework.forms.operations.exporting import STREAM, record_export
from jingkai.casework.forms.operations.publishing import FormRefused, publish_form
from jingkai.casework.forms.operations.stepping import open_step, page_of_step, take_files

__all__ = [
    "STREAM",
    "AnswersRefused",
    "CannotStart",
    "ChangedMeanwhile",
    "FormRefused",
    "HasNoForm",
    "answer_task",
    "begin_sheet",
    "drop_begun",
    "open_step",
    "page_of_step",
    "publish_form",
    "record_export",
    "save_draft",
    "sheet_for_task",
    "start_with_form",
    "subject_of",
    "take_files",
]
