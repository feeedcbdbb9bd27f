"""What notices write: tell, deliver, read, texts, phone checks."""

from jingkai.kernel.notices.operations.deliver import (
    deliver,
    repeat_deliveries,
    repeat_delivery,
    sent_by_hand,
)
from jingkai.kernel.notices.operations.direct import mail_at_once, sms_at_once
from jingkai.kernel.notices.operations.phones import finish_phone_check, start_phone_check
from jingkai.kernel.notices.operations.read import mark_all_read, mark_read
from jingkai.kernel.notices.operations.tell import notify
from jingkai.kernel.notices.operations.texts import write_text

__all__ = [
    "deliver",
    "finish_phone_check",
    "mail_at_once",
    "mark_all_read",
    "mark_read",
    "notify",
    "repeat_deliveries",
    "repeat_delivery",
    "sent_by_hand",
    "sms_at_once",
    "start_phone_check",
    "write_text",
]
