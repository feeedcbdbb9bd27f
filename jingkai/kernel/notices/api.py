"""The door of notices: tell people, check phones, declare kinds."""

from jingkai.kernel.notices.data import CHANNELS, EMAIL, PAGE, SMS, NoticeKind, NotSent
from jingkai.kernel.notices.operations import (
    finish_phone_check,
    mail_at_once,
    mark_all_read,
    notify,
    sms_at_once,
    start_phone_check,
)
from jingkai.kernel.notices.operations.phones import (
    CodeUsedUp,
    NoMobileNumber,
    SmsNotSetUp,
    TooManyCodes,
    WrongCode,
    send_sms_code,
)
from jingkai.kernel.notices.queries import count_unread
from jingkai.kernel.notices.rules.kinds import declare_kind

__all__ = [
    "CHANNELS",
    "EMAIL",
    "PAGE",
    "SMS",
    "CodeUsedUp",
    "NoMobileNumber",
    "NotSent",
    "NoticeKind",
    "SmsNotSetUp",
    "TooManyCodes",
    "WrongCode",
    "count_unread",
    "declare_kind",
    "finish_phone_check",
    "mail_at_once",
    "mark_all_read",
    "notify",
    "send_sms_code",
    "sms_at_once",
    "start_phone_check",
]
