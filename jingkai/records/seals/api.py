"""The door of seals: apply, hold, verify."""

from jingkai.records.seals.operations import (
    AuthorisationMissing,
    AuthorisationUsed,
    KeyMissing,
    NotCustodian,
    NotSealable,
    OwnAuthorisation,
    SealChanged,
    SealDraft,
    SealExists,
    SealNotInUse,
    apply_seal,
    change_state,
    ensure_seal,
    hand_over,
    make_seal,
)
from jingkai.records.seals.operations import apply_seal as apply
from jingkai.records.seals.operations.verify import verify, verify_stranger
from jingkai.records.seals.queries import UnreadablePdf, custodian_of, get_use, list_seals, list_uses
from jingkai.records.seals.rules import APPLY, MANAGE, SEE, register_authorisation

__all__ = [
    "APPLY",
    "MANAGE",
    "SEE",
    "AuthorisationMissing",
    "AuthorisationUsed",
    "KeyMissing",
    "NotCustodian",
    "NotSealable",
    "OwnAuthorisation",
    "SealChanged",
    "SealDraft",
    "SealExists",
    "SealNotInUse",
    "UnreadablePdf",
    "apply",
    "apply_seal",
    "change_state",
    "custodian_of",
    "ensure_seal",
    "get_use",
    "hand_over",
    "list_seals",
    "list_uses",
    "make_seal",
    "register_authorisation",
    "verify",
    "verify_stranger",
]
