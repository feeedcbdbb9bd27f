"""Addresses of efficiency: figures, the matters behind them, monthly reports."""

from django.urls import path

from jingkai.modules.efficiency.web import reports, views

app_name = "efficiency"

urlpatterns = [
    path("efficiency/", views.figures, name="figures"),
    path("efficiency/export/", views.export, name="figures_export"),
    path("efficiency/matters/", views.matters, name="matters"),
    path("efficiency/matters/export/", views.export_matters, name="matters_export"),
    path("efficiency/reports/", reports.reports, name="reports"),
    path("efficiency/reports/<uuid:uuid>/", reports.report, name="report"),
    path("efficiency/reports/<uuid:uuid>/progress/", reports.progress, name="report_progress"),
    path("efficiency/reports/<uuid:uuid>/again/", reports.try_again, name="try_again"),
    path("efficiency/reports/<uuid:uuid>/issue/", reports.issue, name="issue"),
]
