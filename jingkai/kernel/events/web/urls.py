"""The administrator's pages of background work."""

from django.urls import path

from jingkai.kernel.events.web import views

app_name = "events"

urlpatterns = [
    path("system/jobs", views.jobs, name="jobs"),
    path("system/jobs/retry-failed", views.retry_failed, name="retry_failed"),
    path("system/jobs/<int:job_id>", views.job, name="job"),
    path("system/jobs/<int:job_id>/retry", views.retry, name="retry"),
    path("system/jobs/<int:job_id>/cancel", views.cancel, name="cancel"),
]
