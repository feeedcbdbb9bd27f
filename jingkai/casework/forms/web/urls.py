"""Addresses of forms."""

from django.urls import path

from jingkai.casework.forms.web import printing, records, steps

app_name = "forms"

urlpatterns = [
    path("tasks/<uuid:uuid>/form/", steps.step, name="step"),
    path("tasks/<uuid:uuid>/form/draft/", steps.draft, name="draft"),
    path("forms/sheets/<uuid:uuid>/", printing.sheet, name="sheet"),
    path("forms/sheets/<uuid:uuid>/sheet.pdf", printing.pdf, name="pdf"),
    path("forms/", records.forms, name="records"),
    path("forms/<str:key>/", records.answers, name="answers"),
    path("forms/<str:key>/answers.xlsx", records.xlsx, name="xlsx"),
    path("forms/<str:key>/answers.json", records.as_json, name="json"),
]
