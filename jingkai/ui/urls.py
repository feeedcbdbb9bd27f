"""The design system's own addresses, mounted at `/ui/`."""

from django.conf import settings
from django.urls import path

from jingkai.ui import views

app_name = "ui"

urlpatterns = [
    path("elder", views.elder, name="elder"),
    path("language", views.language, name="language"),
]

if settings.DEBUG:
    from jingkai.ui import styleguide

    urlpatterns += [
        path("styleguide", styleguide.styleguide, name="styleguide"),
        path("styleguide/<str:layout>", styleguide.layout, name="layout"),
    ]
