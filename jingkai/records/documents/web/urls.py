"""Addresses of documents."""

from django.urls import path

from jingkai.records.documents.web import public, register

app_name = "documents"
urlpatterns = [
    path("v/<str:code>", public.show_public, name="public"),
    path("v/<str:code>/copy", public.check_handed_in, name="copy"),
    path("verify", public.search, name="verify"),
    path("documents", register.show_register, name="register"),
    path("documents/export", register.export_register, name="export"),
    path("documents/<uuid:uuid>", register.show_document, name="document"),
    path("documents/<uuid:uuid>/file", register.show_file, name="file"),
    path("documents/<uuid:uuid>/download", register.download, name="download"),
    path("documents/<uuid:uuid>/revoke", register.revoke, name="revoke"),
]
