"""Addresses of the unified log-in: there and back, the first time, own links, the administrator's pages."""

from django.urls import include, path

from jingkai.kernel.federation.web import providers, signing_in

PATHS = [
    path("accounts/unified/<slug:code>/", signing_in.begin, name="begin"),
    path("accounts/unified/<slug:code>/link/", signing_in.begin_link, name="begin_link"),
    path("accounts/unified/<slug:code>/back/", signing_in.back, name="back"),
    path("accounts/unified/<slug:code>/left/", signing_in.left, name="left"),
    path("accounts/unified/<slug:code>/ended/", signing_in.ended_there, name="ended_there"),
    path("accounts/unified-first/", signing_in.first, name="first"),
    path("accounts/unified-first/code/", signing_in.send_code, name="send_code"),
    path("accounts/unified-first/link/", signing_in.link_by_code, name="link_by_code"),
    path("accounts/unified-first/password/", signing_in.link_by_password, name="link_by_password"),
    path("accounts/unified-first/own/", signing_in.link_own, name="link_own"),
    path("accounts/unified-first/new/", signing_in.make_login, name="make_login"),
    path("accounts/unified-first/enterprise/", signing_in.enterprise, name="enterprise"),
    path("accounts/unified-links/<uuid:uuid>/end/", signing_in.unlink, name="unlink"),
    path("system/unified", providers.providers, name="providers"),
    path("system/unified/new", providers.new_provider, name="new_provider"),
    path("system/unified/<uuid:uuid>", providers.provider, name="provider"),
    path("system/unified/<uuid:uuid>/edit", providers.edit_provider, name="edit_provider"),
    path("system/unified/<uuid:uuid>/check", providers.check, name="check"),
    path("system/unified/<uuid:uuid>/switch", providers.switch, name="switch"),
]

urlpatterns = [path("", include((PATHS, "federation")))]
