"""Addresses of the pages of notices."""

from django.urls import path

from jingkai.kernel.notices.web import deliveries, inbox, texts

urlpatterns = [
    path("notices/", inbox.notices, name="notices"),
    path("notices/read", inbox.read_all, name="notices_read_all"),
    path("notices/<uuid:uuid>", inbox.notice, name="notice"),
    path("notices/<uuid:uuid>/read", inbox.read_one, name="notice_read"),
    path("system/deliveries", deliveries.deliveries, name="deliveries"),
    path("system/deliveries/repeat", deliveries.repeat_all, name="deliveries_repeat"),
    path("system/deliveries/<uuid:uuid>", deliveries.delivery, name="delivery"),
    path("system/deliveries/<uuid:uuid>/repeat", deliveries.repeat_one, name="delivery_repeat"),
    path("system/notice-texts", texts.texts, name="notice_texts"),
    path("system/notice-texts/<str:kind>", texts.text, name="notice_text"),
]
