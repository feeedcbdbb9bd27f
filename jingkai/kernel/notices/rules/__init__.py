"""Rights on deliveries and texts."""

from jingkai.kernel.permissions.data import Permission

MANAGE_DELIVERIES = "notices.manage_deliveries"
MANAGE_TEXTS = "notices.manage_texts"

PERMISSIONS = (
    Permission(MANAGE_DELIVERIES, "查看并重发短信和邮件", "See and repeat deliveries", "system"),
    Permission(MANAGE_TEXTS, "维护通知文本", "Edit the texts of notices", "system"),
)
