"""What parties write: parties and persons, who acts for whom, and the keys of personal data."""

from jingkai.kernel.parties.operations.registering import (
    AlreadyActsFor,
    ChangedMeanwhile,
    MayNotReveal,
    begin_representation,
    change_contact,
    check_version,
    end_representation,
    ensure_zone,
    register_party,
    register_person,
    rename_party,
    reveal_contact,
    set_active,
)
from jingkai.kernel.parties.operations.rekeying import (
    KeyInUse,
    KeyOpensRows,
    NoSuchKey,
    add_key,
    drop_key,
    encrypt_anew,
    use_key,
)

__all__ = [
    "AlreadyActsFor",
    "ChangedMeanwhile",
    "KeyInUse",
    "KeyOpensRows",
    "MayNotReveal",
    "NoSuchKey",
    "add_key",
    "begin_representation",
    "change_contact",
    "check_version",
    "drop_key",
    "encrypt_anew",
    "end_representation",
    "ensure_zone",
    "register_party",
    "register_person",
    "rename_party",
    "reveal_contact",
    "set_active",
    "use_key",
]
