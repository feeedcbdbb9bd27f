"""Addresses of the acts upon a work order; the case page, the desk and the lists are the inbox's."""

from django.urls import path

from jingkai.modules.hotline.web import acts

app_name = "hotline"

urlpatterns = [
    path("tasks/<uuid:uuid>/work-order/progress/", acts.progress, name="progress"),
    path("tasks/<uuid:uuid>/work-order/answer/", acts.answer, name="answer"),
]
