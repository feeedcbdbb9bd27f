"""Addresses of evaluations: public figures, rating, own ratings, the officers' register and acts."""

from django.urls import path

from jingkai.modules.evaluations.web import acts, public, rating, register

app_name = "evaluations"

urlpatterns = [
    path("evaluations/", public.figures, name="figures"),
    path("evaluations/export/", public.export, name="figures_export"),
    path("r/<str:code>/", rating.rate, name="rate"),
    path("r/<str:code>/complain/", rating.complain, name="complain"),
    path("my/ratings/", rating.own, name="own"),
    path("my/ratings/<uuid:uuid>/rate/", rating.rate_own, name="rate_own"),
    path("my/ratings/<uuid:uuid>/complain/", rating.complain_own, name="own_complain"),
    path("evaluations/onsite/", rating.onsite, name="onsite"),
    path("evaluations/onsite/window/", rating.window_screen, name="window_screen"),
    path("evaluations/onsite/<uuid:uuid>/", rating.screen, name="screen"),
    path("evaluations/register/", register.register, name="register"),
    path("evaluations/register/export/", register.export, name="register_export"),
    path("evaluations/<uuid:uuid>/", register.evaluation, name="evaluation"),
    path("evaluations/<uuid:uuid>/appeal/", register.appeal, name="appeal"),
    path("evaluations/<uuid:uuid>/recheck/", register.recheck, name="recheck"),
    path("evaluations/<uuid:uuid>/publish/", register.publish, name="publish"),
    path("evaluations/tasks/<uuid:uuid>/handle/", acts.handle, name="handle"),
    path("evaluations/tasks/<uuid:uuid>/visit/", acts.visit, name="visit"),
    path("evaluations/tasks/<uuid:uuid>/answer/", acts.answer, name="answer"),
]
