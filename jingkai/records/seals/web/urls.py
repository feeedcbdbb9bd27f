"""Addresses of seals."""

from django.urls import path

from jingkai.records.seals.web import manage, outside, standing, views

app_name = "seals"
urlpatterns = [
    path("seals", views.show_ledger, name="ledger"),
    path("seals/export", views.export_ledger, name="export"),
    path("seals/new", manage.make, name="make"),
    path("seals/outside", outside.listing, name="outside"),
    path("seals/outside/export", outside.export, name="outside_export"),
    path("seals/outside/<uuid:uuid>", outside.arrived, name="arrived"),
    path("seals/outside/<uuid:uuid>/paper.pdf", outside.paper, name="outside_paper"),
    path("seals/<uuid:uuid>/keeper", outside.keeper, name="keeper"),
    path("seals/<uuid:uuid>", views.show_seal, name="seal"),
    path("seals/<uuid:uuid>/face.png", views.show_face, name="face"),
    path("seals/<uuid:uuid>/hand-over", manage.hand, name="hand_over"),
    path("seals/<uuid:uuid>/standing", standing.give, name="standing"),
    path("seals/standing/<uuid:uuid>/end", standing.end, name="end_standing"),
    path("seals/<uuid:uuid>/state", manage.state, name="state"),
]
