"""The door of accounts: logins, second factors, how a phone is proven."""

from jingkai.kernel.accounts.data import PhoneProver
from jingkai.kernel.accounts.operations import (
    AlreadyHasLogin,
    UsernameTaken,
    UsernameUnfit,
    check_code,
    code_sentence,
    create_user,
    end_sessions,
    end_sessions_holding,
    enrol_totp,
    open_administration,
    seed_policy,
    set_login_active,
    set_phone_prover,
)
from jingkai.kernel.accounts.queries import (
    find_login,
    has_second_factor,
    unused_until,
    user_of_person,
    username_taken,
)
from jingkai.kernel.accounts.rules import (
    farewells,
    needs_second_factor,
    password_rules,
    policy_at,
    require_second_factor,
    ways_in,
)

__all__ = [
    "AlreadyHasLogin",
    "PhoneProver",
    "UsernameTaken",
    "UsernameUnfit",
    "check_code",
    "code_sentence",
    "create_user",
    "end_sessions",
    "end_sessions_holding",
    "enrol_totp",
    "farewells",
    "find_login",
    "has_second_factor",
    "needs_second_factor",
    "open_administration",
    "password_rules",
    "policy_at",
    "require_second_factor",
    "seed_policy",
    "set_login_active",
    "set_phone_prover",
    "unused_until",
    "user_of_person",
    "username_taken",
    "ways_in",
]
