"""Addresses of the page of paces."""

from django.urls import path

from jingkai.kernel.pace.web import views

app_name = "pace"
urlpatterns = [
    path("system/pace", views.listing, name="list"),
    path("system/pace/<slug:code>", views.edit, name="edit"),
]
