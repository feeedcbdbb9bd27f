"""What notices read: a person's notices, deliveries, texts."""

from jingkai.kernel.notices.queries.deliveries import DeliveryFilter, page_of_deliveries
from jingkai.kernel.notices.queries.inbox import UNREAD_SQL, NoticePlace, count_unread, page_of_notices
from jingkai.kernel.notices.queries.texts import current_texts, newest_version

__all__ = [
    "UNREAD_SQL",
    "DeliveryFilter",
    "NoticePlace",
    "count_unread",
    "current_texts",
    "newest_version",
    "page_of_deliveries",
    "page_of_notices",
]
