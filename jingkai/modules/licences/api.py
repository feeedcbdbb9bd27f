"""The door of the licence library."""

from jingkai.modules.licences.operations import (
    CannotUse,
    FileKnown,
    add_licence,
    enter_from_province,
    keep_results_of,
    let_use,
    remember_use,
    revoke_consent,
    seed_types,
    watch_expiry,
)
from jingkai.modules.licences.queries import (
    Flag,
    entries_of,
    expiry_rule,
    find_same_file,
    flags_of,
    get_own,
    list_types,
    offers,
    uses_of,
)
from jingkai.modules.licences.queries import owner_of_consent, owners_using, type_of_code

__all__ = [
    "CannotUse",
    "FileKnown",
    "Flag",
    "add_licence",
    "enter_from_province",
    "entries_of",
    "expiry_rule",
    "find_same_file",
    "flags_of",
    "get_own",
    "keep_results_of",
    "let_use",
    "list_types",
    "offers",
    "owner_of_consent",
    "owners_using",
    "remember_use",
    "revoke_consent",
    "seed_types",
    "type_of_code",
    "uses_of",
    "watch_expiry",
]
