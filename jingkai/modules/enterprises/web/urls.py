"""Addresses of the enterprise registry."""

from django.urls import path

from jingkai.modules.enterprises.web import own, registering, registry

app_name = "enterprises"

urlpatterns = [
    path("register", registering.register, name="register"),
    path("register/code", registering.check_code, name="check_code"),
    path("register/industries", registering.industries, name="industries"),
    path("register/phone", registering.prove_phone, name="prove_phone"),
    path("register/join/<str:token>", registering.join, name="join"),
    path("enterprise/", own.home, name="home"),
    path("enterprise/edit", own.edit, name="edit_own"),
    path("enterprise/invite", own.invite, name="invite"),
    path("enterprise/invitations/<uuid:uuid>/withdraw", own.withdraw, name="withdraw"),
    path("enterprise/handlers/<uuid:uuid>/remove", own.remove, name="remove"),
    path("enterprises", registry.listing, name="list"),
    path("enterprises/export", registry.export, name="export"),
    path("enterprises/new", registry.new, name="new"),
    path("enterprises/codes", registry.allow_code, name="allow_code"),
    path("enterprises/<uuid:uuid>", registry.detail, name="detail"),
    path("enterprises/<uuid:uuid>/edit", registry.edit, name="edit"),
    path("enterprises/<uuid:uuid>/invite", registry.invite, name="invite_at_window"),
]
