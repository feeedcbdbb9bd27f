"""Addresses of numbering."""

from django.urls import path

from jingkai.records.numbering.web import views

app_name = "numbering"
urlpatterns = [
    path("numbers", views.show_ledger, name="ledger"),
    path("numbers/export", views.export_ledger, name="export"),
]
