"""What this app adds to the doctor's questions."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.audit.api import describe_actions, describe_stream
from jingkai.kernel.health.operations import ALTERED, RESTORED
from jingkai.kernel.health.queries import database, keys, program, surroundings, watch
from jingkai.kernel.health.rules import SEE
from jingkai.kernel.hooks.data import DoctorCheck, MenuEntry

MENU = MenuEntry(
    label=_("System health"),
    url_name="health:page",
    icon="gauge",
    group=_("System"),
    order=940,
    permission=SEE,
)

CHECKS = (
    DoctorCheck("database", database.check_database),
    DoctorCheck("line", database.check_line),
    DoctorCheck("replica", database.check_replica),
    DoctorCheck("clock", database.check_clock),
    DoctorCheck("tables", database.check_tables),
    DoctorCheck("roles", database.check_roles),
    DoctorCheck("folders", surroundings.check_files),
    DoctorCheck("secrets", surroundings.check_secrets),
    DoctorCheck("keys", lambda: keys.check_keys(at=timezone.now())),
    DoctorCheck("program", lambda: program.check_program(at=timezone.now())),
    DoctorCheck("disk", surroundings.check_disk),
    DoctorCheck("dates", lambda: database.check_dates(at=timezone.now())),
    DoctorCheck("jobs", lambda: database.check_jobs(at=timezone.now())),
    DoctorCheck("alerts", lambda: watch.check_watch(at=timezone.now())),
)

ACTIONS = {
    program.ACCEPTED: _("Program files accepted"),
    ALTERED: _("Program files found altered"),
    RESTORED: _("Program files found as accepted again"),
}


def register() -> None:
    """Tell the trail what its entries about the program are called."""
    describe_actions(ACTIONS)
    describe_stream(program.STREAM[0], _("Program files"))
