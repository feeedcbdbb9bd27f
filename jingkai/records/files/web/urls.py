"""Addresses of files."""

from django.urls import path

from jingkai.records.files.web import views
from jingkai.records.files.web.upload import upload

app_name = "files"
urlpatterns = [
    path("files/upload/<str:kind>/<uuid:owner>", upload, name="upload"),
    path("files/<uuid:uuid>", views.download, name="download"),
    path("files/<uuid:uuid>/view", views.show, name="show"),
    path("files/<uuid:uuid>/remove", views.remove, name="remove"),
]
