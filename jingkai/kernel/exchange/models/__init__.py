"""The tables of the door: tokens, webhooks, the journal of what was exchanged, long lists."""

from jingkai.kernel.exchange.models.exports import Export
from jingkai.kernel.exchange.models.journal import Exchange, SystemState
from jingkai.kernel.exchange.models.tokens import ApiToken, ApiWindow
from jingkai.kernel.exchange.models.webhooks import Webhook, WebhookDelivery

__all__ = ["ApiToken", "ApiWindow", "Exchange", "Export", "SystemState", "Webhook", "WebhookDelivery"]
