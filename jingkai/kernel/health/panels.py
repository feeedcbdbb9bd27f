"""What this app adds to the doctor's questions."""

from __future__ import annotations

from django.utils import timezone

from jingkai.kernel.health.queries import database, surroundings
from jingkai.kernel.hooks.data import DoctorCheck

CHECKS = (
    DoctorCheck("database", database.check_database),
    DoctorCheck("tables", database.check_tables),
    DoctorCheck("roles", database.check_roles),
    DoctorCheck("folders", surroundings.check_files),
    DoctorCheck("secrets", surroundings.check_secrets),
    DoctorCheck("disk", surroundings.check_disk),
    DoctorCheck("jobs", lambda: database.check_jobs(at=timezone.now())),
)
