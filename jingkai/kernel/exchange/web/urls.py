"""Addresses of the administrator's pages of the door."""

from django.urls import include, path

from jingkai.kernel.exchange.web import tokens

PAGES = [
    path("system/tokens", tokens.tokens, name="tokens"),
    path("system/tokens/export", tokens.export_tokens, name="tokens_export"),
    path("system/tokens/new", tokens.new_token, name="new_token"),
    path("system/tokens/<uuid:uuid>", tokens.token, name="token"),
    path("system/tokens/<uuid:uuid>/revoke", tokens.revoke_token, name="revoke_token"),
]

urlpatterns = [path("", include((PAGES, "exchange")))]
