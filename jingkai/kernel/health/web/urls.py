"""Addresses of health."""

from django.urls import path

from jingkai.kernel.health.web import views

app_name = "health"

urlpatterns = [
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
]
