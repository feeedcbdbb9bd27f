"""The door of accounts: logins, second factors, codes to a phone."""

from jingkai.kernel.accounts.operations import (
    AlreadyHasLogin,
    CodeSender,
    TooManyCodes,
    UsernameTaken,
    UsernameUnfit,
    check_phone_code,
    create_user,
    end_sessions,
    enrol_totp,
    send_phone_code,
    set_code_sender,
    set_login_active,
)
from jingkai.kernel.accounts.queries import find_login, has_second_factor, user_of_person, username_taken
from jingkai.kernel.accounts.rules import needs_second_factor, require_second_factor

__all__ = [
    "AlreadyHasLogin",
    "CodeSender",
    "TooManyCodes",
    "UsernameTaken",
    "UsernameUnfit",
    "check_phone_code",
    "create_user",
    "end_sessions",
    "enrol_totp",
    "find_login",
    "has_second_factor",
    "needs_second_factor",
    "require_second_factor",
    "send_phone_code",
    "set_code_sender",
    "set_login_active",
    "user_of_person",
    "username_taken",
]
