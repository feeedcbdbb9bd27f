"""Writes: make a seal, hand it over, suspend it, apply it."""

from jingkai.records.seals.data import NotSealable
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
from jingkai.records.seals.operations.outside import (
    NotOurPaper,
    NotWaiting,
    OrderedAlready,
    accept_by_hand,
    accept_sealed,
    change_keeper,
    is_outside,
    order_seal,
)
from jingkai.records.seals.operations.standing import (
    StandingDraft,
    StandingEnded,
    StandingIncomplete,
    end_standing,
    give_standing,
)

__all__ = [
    "AuthorisationMissing",
    "AuthorisationUsed",
    "KeyMissing",
    "NotCustodian",
    "NotOurPaper",
    "NotSealable",
    "NotWaiting",
    "OrderedAlready",
    "OwnAuthorisation",
    "SealChanged",
    "SealDraft",
    "SealExists",
    "SealNotInUse",
    "StandingDraft",
    "StandingEnded",
    "StandingIncomplete",
    "accept_by_hand",
    "accept_sealed",
    "apply_seal",
    "change_keeper",
    "change_state",
    "end_standing",
    "ensure_seal",
    "give_standing",
    "hand_over",
    "is_outside",
    "make_seal",
    "order_seal",
    "seal_keys",
]
