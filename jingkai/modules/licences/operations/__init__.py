"""Writes of the licence library."""

from jingkai.modules.licences.operations.consents import (
    CannotUse,
    let_use,
    remember_use,
    revoke_consent,
)
from jingkai.modules.licences.operations.library import (
    CannotChange,
    DatesMissing,
    FileKnown,
    add_licence,
    correct_licence,
    remove_licence,
    renew_licence,
    revoke_licence,
)
from jingkai.modules.licences.operations.received import (
    enter_from_province,
    keep_result,
    keep_results_of,
    lose_result,
)
from jingkai.modules.licences.operations.seeding import seed_types
from jingkai.modules.licences.operations.watching import watch_expiry

__all__ = [
    "CannotChange",
    "CannotUse",
    "DatesMissing",
    "FileKnown",
    "add_licence",
    "correct_licence",
    "enter_from_province",
    "keep_result",
    "keep_results_of",
    "let_use",
    "lose_result",
    "remember_use",
    "remove_licence",
    "renew_licence",
    "revoke_consent",
    "revoke_licence",
    "seed_types",
    "watch_expiry",
]
