"""The door of submissions: nothing twice, nothing lost."""

from jingkai.kernel.submissions.operations import answers_json, form_page, idempotent, once, though_refused
from jingkai.kernel.submissions.queries import held
from jingkai.kernel.submissions.rules import (
    DatabaseAway,
    SentOtherwise,
    TokenMissing,
    TokenOfAnother,
    TokenTooOld,
)

__all__ = [
    "DatabaseAway",
    "SentOtherwise",
    "TokenMissing",
    "TokenOfAnother",
    "TokenTooOld",
    "answers_json",
    "form_page",
    "held",
    "idempotent",
    "once",
    "though_refused",
]
