"""Asking every question of the doctor, and the shorter one whether pages can be served."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from jingkai.kernel.health.data import Finding, Readiness
from jingkai.kernel.hooks.api import doctor_checks
from jingkai.kernel.hooks.data import CheckResult, DoctorCheck

_current: set[bool] = set()
logger = logging.getLogger(__name__)

__all__ = ["examine", "get_readiness"]


def examine() -> Iterator[Finding]:
    """Ask every registered question in order; one that breaks counts as failed and stops no other."""
    for check in doctor_checks.all():
        result = _ask(check)
        yield Finding(check.name, result.state, str(result.message), str(result.advice))


def get_readiness() -> Readiness:
    """Tell whether the database answers and its tables are up to date.

    Tables never go back while a process lives: once found up to date, only an answer is asked for.
    """
    try:
        if not _current:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return Readiness(False, "migrations")
            _current.add(True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("the database does not answer")
        return Readiness(False, "database")
    return Readiness(True)


def _ask(check: DoctorCheck) -> CheckResult:
    try:
        return check.run()
    except Exception as error:
        logger.debug("the check %s broke", check.name, exc_info=True)
        return CheckResult("fail", f"{type(error).__name__}: {str(error).strip()}")
