"""Addresses of the administrator's pages of the door."""

from django.urls import include, path

from jingkai.kernel.exchange.web import by_hand, exports, journal, tokens, webhooks

PAGES = [
    path("system/tokens", tokens.tokens, name="tokens"),
    path("system/tokens/export", tokens.export_tokens, name="tokens_export"),
    path("system/tokens/new", tokens.new_token, name="new_token"),
    path("system/tokens/<uuid:uuid>", tokens.token, name="token"),
    path("system/tokens/<uuid:uuid>/revoke", tokens.revoke_token, name="revoke_token"),
    path("system/webhooks", webhooks.webhooks, name="webhooks"),
    path("system/webhooks/export", webhooks.export_webhooks, name="webhooks_export"),
    path("system/webhooks/new", webhooks.new_webhook, name="new_webhook"),
    path("system/webhooks/deliveries", webhooks.deliveries, name="tellings"),
    path("system/webhooks/deliveries/export", webhooks.export_deliveries, name="tellings_export"),
    path("system/webhooks/deliveries/<uuid:uuid>", webhooks.delivery, name="telling"),
    path("system/webhooks/deliveries/<uuid:uuid>/replay", webhooks.replay, name="replay"),
    path("system/webhooks/<uuid:uuid>", webhooks.webhook, name="webhook"),
    path("system/webhooks/<uuid:uuid>/edit", webhooks.edit_webhook, name="edit_webhook"),
    path("system/webhooks/<uuid:uuid>/secret", webhooks.renew, name="renew_secret"),
    path("exports/", exports.exports, name="exports"),
    path("exports/order/", exports.order, name="order_export"),
    path("exports/<uuid:uuid>/", exports.export, name="export"),
    path("exports/<uuid:uuid>/file/", exports.take_export, name="take_export"),
    path("system/exchange", journal.journal, name="journal"),
    path("system/exchange/by-hand", by_hand.sheets, name="by_hand"),
    path("system/exchange/by-hand/<slug:code>/<str:key>", by_hand.sheet, name="by_hand_sheet"),
    path("system/exchange/export", journal.export, name="journal_export"),
    path("system/exchange/<uuid:uuid>", journal.exchange, name="exchange"),
    path("system/exchange/<uuid:uuid>/sheet", journal.copy_sheet, name="sheet"),
    path("system/exchange/<uuid:uuid>/done", journal.finish, name="finish"),
    path("system/exchange/<uuid:uuid>/retry", journal.retry, name="retry"),
]

urlpatterns = [path("", include((PAGES, "exchange")))]
