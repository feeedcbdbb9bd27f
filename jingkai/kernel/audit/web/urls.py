"""Addresses of the trail's pages."""

from django.urls import path

from jingkai.kernel.audit.web import views

urlpatterns = [
    path("system/trail", views.trail, name="audit_trail"),
    path("system/trail/entries/<int:number>", views.entry, name="audit_entry"),
    path("system/trail/export", views.export, name="audit_export"),
    path("system/trail/checks", views.ask, name="audit_ask"),
    path("system/trail/checks/<uuid:uuid>", views.check, name="audit_check"),
    path("system/trail/checks/<uuid:uuid>/progress", views.progress, name="audit_progress"),
]
