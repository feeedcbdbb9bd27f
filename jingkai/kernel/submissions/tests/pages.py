"""A few pages for the tests of this app: a form with an effect, and one that refuses."""

from __future__ import annotations

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template import engines
from django.urls import include, path

from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.api import public, signed_in, staff
from jingkai.kernel.submissions.api import held, idempotent, once, though_refused

PAGE = (
    "{% load submissions %}<form method=post>{% csrf_token %}{% once %}"
    "<input name=name value='{{ data.name }}'></form>"
)


class NoSuchThing(PersonFacingError):
    sentence = "The thing %(name)s cannot be made."
    advice = "Choose another name."


class ThingForm(forms.Form):
    name = forms.CharField(label="Name of the thing")


def draw(request: HttpRequest, data: object = None) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(PAGE).render({"data": data or {}}, request))


@public
@once
def make(request: HttpRequest) -> HttpResponse:
    """Make a group; an empty name draws the form again, `bad` refuses, after the write."""
    if request.method != "POST":
        return draw(request, held(request))
    group = Group.objects.create(name=request.POST.get("name", ""))
    if not group.name:
        though_refused(request, lambda: Group.objects.get_or_create(name="kept"))
        return draw(request, request.POST)
    if group.name == "bad":
        raise NoSuchThing(name=group.name)
    if request.POST.get("htmx"):
        return HttpResponse(headers={"HX-Redirect": f"/made/{group.pk}"})
    return HttpResponseRedirect(f"/made/{group.pk}")


@signed_in
@once
def own(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return draw(request, held(request))
    Group.objects.create(name=request.POST["name"])
    return HttpResponseRedirect("/made")


@public
@idempotent
def api(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return JsonResponse({"groups": Group.objects.count()})
    name = request.GET.get("name", "x")
    group = Group.objects.create(name=name)
    if name == "bad":
        raise NoSuchThing(name=name)
    if name == "invalid":
        return JsonResponse({"detail": "no"}, status=422)
    return JsonResponse({"id": group.pk}, status=201)


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise NoSuchThing(name="x")


@public
def login(request: HttpRequest) -> HttpResponse:
    return HttpResponse("log in")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never shown")


def user(name: str = "li"):
    return get_user_model().objects.create(username=name, kind="enterprise")


urlpatterns = [
    path("make", make),
    path("own", own),
    path("api/v1/groups", api),
    path("broken", broken),
    path("staff", staff(login)),
    path("api/v1/staff", staff(login)),
    path("undeclared", undeclared),
    path("login", login, name="account_login"),
    path("ui/", include("jingkai.ui.urls")),
]
handler403 = "jingkai.kernel.submissions.middleware.permission_denied"
