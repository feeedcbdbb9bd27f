"""One page for each rule of access."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from jingkai.kernel.permissions.api import public, requires, signed_in, staff


def _say(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{request.actor.kind} {request.actor.name} {request.at.isoformat()}")  # type: ignore[attr-defined]


@public
def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse("log in")


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(str(exception), status=403)


urlpatterns = [
    path("public", public(_say)),
    path("own", signed_in(_say)),
    path("staff", staff(_say)),
    path("manage", requires("tests.manage")(_say)),
    path("either", requires("tests.manage", "tests.look")(_say)),
    path("undeclared", _say),
    path("accounts/password", _say),
    path("api/v1/things", requires("tests.manage")(_say)),
    path("login", login, name="account_login"),
]
