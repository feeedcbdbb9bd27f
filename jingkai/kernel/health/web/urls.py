"""Addresses of health."""

from django.urls import path

from jingkai.kernel.health.web import page, views

app_name = "health"

urlpatterns = [
    path("health/", page.health, name="page"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
]
