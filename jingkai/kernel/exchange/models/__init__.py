"""The tables of the door: tokens, webhooks, the journal of exchanges, long lists, certificates seen."""

from jingkai.kernel.exchange.models.certificates import CertificateSight
from jingkai.kernel.exchange.models.exports import Export
from jingkai.kernel.exchange.models.journal import Exchange, SystemState
from jingkai.kernel.exchange.models.tokens import ApiToken, ApiWindow
from jingkai.kernel.exchange.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "ApiToken",
    "ApiWindow",
    "CertificateSight",
    "Exchange",
    "Export",
    "SystemState",
    "Webhook",
    "WebhookDelivery",
]
