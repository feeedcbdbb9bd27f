"""The pages of rules."""

from django.urls import path

from jingkai.kernel.rules.web import views

app_name = "rules"

urlpatterns = [
    path("system/rules", views.kinds_page, name="kinds"),
    path("system/rules/rule/<uuid:uuid>", views.rule_page, name="rule"),
    path("system/rules/rule/<uuid:uuid>/version", views.new_version, name="new_version"),
    path("system/rules/version/<uuid:uuid>/void", views.void, name="void"),
    path("system/rules/version/<uuid:uuid>/confirm", views.confirm, name="confirm"),
    path("system/rules/kind/<str:kind>", views.kind_page, name="kind"),
    path("system/rules/kind/<str:kind>/new", views.new_rule, name="new_rule"),
]
