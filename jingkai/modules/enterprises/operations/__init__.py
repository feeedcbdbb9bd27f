"""Writes of the enterprise registry."""

from jingkai.modules.enterprises.operations.handlers import (
    InvitationGone,
    LastHandler,
    NotYourEnterprise,
    invite_handler,
    join_with_login,
    open_invitation,
    remove_handler,
    withdraw_invitation,
)
from jingkai.modules.enterprises.operations.registering import (
    RegistrationDraft,
    RegistrationGone,
    finish_registration,
    forget_unfinished,
    phone_of,
    send_again,
    start_joining,
    start_registration,
)
from jingkai.modules.enterprises.operations.registry import (
    CannotBeAdmitted,
    EnterpriseDraft,
    IndustryUnknown,
    add_industry,
    allow_code,
    change_enterprise,
    change_own,
    enter_enterprise,
)

__all__ = [
    "CannotBeAdmitted",
    "EnterpriseDraft",
    "IndustryUnknown",
    "InvitationGone",
    "LastHandler",
    "NotYourEnterprise",
    "RegistrationDraft",
    "RegistrationGone",
    "add_industry",
    "allow_code",
    "change_enterprise",
    "change_own",
    "enter_enterprise",
    "finish_registration",
    "forget_unfinished",
    "invite_handler",
    "join_with_login",
    "open_invitation",
    "phone_of",
    "remove_handler",
    "send_again",
    "start_joining",
    "start_registration",
    "withdraw_invitation",
]
