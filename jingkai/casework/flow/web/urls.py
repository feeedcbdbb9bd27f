"""Addresses of flows."""

from django.urls import path

from jingkai.casework.flow.web import views

app_name = "flow"

urlpatterns = [
    path("flows/<slug:key>/<int:version>.bpmn", views.drawing, name="drawing"),
]
