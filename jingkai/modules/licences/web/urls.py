"""Addresses of the licence library."""

from django.urls import path

from jingkai.modules.licences.web import mine, staff

app_name = "licences"

urlpatterns = [
    path("my/licences/", mine.listing, name="mine"),
    path("my/licences/export/", mine.export, name="mine_export"),
    path("my/licences/new/", mine.add, name="add"),
    path("my/licences/<uuid:uuid>/", mine.entry, name="mine_entry"),
    path("my/licences/<uuid:uuid>/correct/", mine.correct, name="correct"),
    path("my/licences/<uuid:uuid>/renew/", mine.renew, name="renew"),
    path("my/licences/<uuid:uuid>/remove/", mine.remove, name="remove"),
    path("my/licences/consents/<uuid:uuid>/revoke/", mine.revoke_consent, name="revoke_consent"),
    path("licences/", staff.listing, name="all"),
    path("licences/export/", staff.export, name="export"),
    path("licences/<uuid:uuid>/", staff.entry, name="entry"),
    path("licences/<uuid:uuid>/revoke/", staff.revoke, name="revoke"),
]
