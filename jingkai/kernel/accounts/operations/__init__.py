"""Writes of accounts."""

from jingkai.kernel.accounts.operations.codes import forget_old, spend_code
from jingkai.kernel.accounts.operations.logins import (
    AlreadyHasLogin,
    CannotManageOneself,
    UsernameTaken,
    UsernameUnfit,
    change_password,
    create_user,
    end_all_sessions,
    end_sessions,
    enrol_totp,
    remove_second_factor,
    reset_password,
    seed_policy,
    set_login_active,
    set_policy,
    unlock,
)
from jingkai.kernel.accounts.operations.people import (
    PersonDraft,
    Placement,
    change_person,
    enter_person,
    let_go,
    take_back,
)
from jingkai.kernel.accounts.operations.places import FromElsewhere, look_at_place, open_administration
from jingkai.kernel.accounts.operations.proving import check_code, code_sentence
from jingkai.kernel.accounts.operations.resetting import (
    finish_reset,
    may_reset_by_phone,
    set_phone_prover,
    start_reset,
)
from jingkai.kernel.accounts.operations.sessions import end_sessions_holding
from jingkai.kernel.accounts.operations.signing_in import (
    actor_self,
    note_ended,
    note_logged_in,
    note_logged_out,
    note_passkey,
    note_timed_out,
    note_wrong_attempt,
)
from jingkai.kernel.accounts.operations.unused import settle_unused

__all__ = [
    "AlreadyHasLogin",
    "CannotManageOneself",
    "FromElsewhere",
    "PersonDraft",
    "Placement",
    "UsernameTaken",
    "UsernameUnfit",
    "actor_self",
    "change_password",
    "change_person",
    "check_code",
    "code_sentence",
    "create_user",
    "end_all_sessions",
    "end_sessions",
    "end_sessions_holding",
    "enrol_totp",
    "enter_person",
    "finish_reset",
    "forget_old",
    "let_go",
    "look_at_place",
    "may_reset_by_phone",
    "note_ended",
    "note_logged_in",
    "note_logged_out",
    "note_passkey",
    "note_timed_out",
    "note_wrong_attempt",
    "open_administration",
    "remove_second_factor",
    "reset_password",
    "seed_policy",
    "set_login_active",
    "set_phone_prover",
    "set_policy",
    "settle_unused",
    "spend_code",
    "start_reset",
    "take_back",
    "unlock",
]
