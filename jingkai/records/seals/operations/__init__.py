"""Writes: make a seal, hand it over, suspend it, apply it."""

from jingkai.records.seals.operations.apply import (
    AuthorisationMissing,
    AuthorisationUsed,
    NotCustodian,
    OwnAuthorisation,
    SealNotInUse,
    apply_seal,
)
from jingkai.records.seals.operations.custody import (
    SealChanged,
    SealDraft,
    SealExists,
    change_state,
    ensure_seal,
    hand_over,
    make_seal,
)
from jingkai.records.seals.operations.keys import KeyMissing, seal_keys
from jingkai.records.seals.operations.signing import NotSealable

__all__ = [
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
    "apply_seal",
    "change_state",
    "ensure_seal",
    "hand_over",
    "make_seal",
    "seal_keys",
]
