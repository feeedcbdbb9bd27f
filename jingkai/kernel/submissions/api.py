"""The door of submissions: nothing twice, nothing lost."""

from jingkai.kernel.submissions.operations import answers_json, idempotent, once, though_refused
from jingkai.kernel.submissions.queries import held
from jingkai.kernel.submissions.rules import SentOtherwise, TokenMissing, TokenOfAnother, TokenTooOld

__all__ = [
    "SentOtherwise",
    "TokenMissing",
    "TokenOfAnother",
    "TokenTooOld",
    "answers_json",
    "held",
    "idempotent",
    "once",
    "though_refused",
]
