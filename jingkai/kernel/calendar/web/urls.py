"""The calendar's pages."""

from django.urls import path

from jingkai.kernel.calendar.web import drafts, views

app_name = "calendar"

urlpatterns = [
    path("system/calendar", views.years, name="years"),
    path("system/calendar/<int:year>", views.year, name="year"),
    path("system/calendar/<int:year>/import", views.upload, name="upload"),
    path("system/calendar/<int:year>/versions/<int:number>", views.restore, name="restore"),
    path("system/calendar/drafts/<uuid:uuid>", drafts.draft, name="draft"),
    path("system/calendar/drafts/<uuid:uuid>/in-force", drafts.load, name="load"),
    path("system/calendar/<int:year>/seed", views.seed, name="seed"),
    path("system/calendar/<int:year>/template.<str:kind>", views.template, name="template"),
    path("system/calendar/<int:year>/<int:month>/<int:day>", views.day, name="day"),
]
