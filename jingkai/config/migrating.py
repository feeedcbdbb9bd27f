"""Bring tables up to date without building all models anew at every step.

For each operation Django builds every model again that is related to the changed one by however many steps.
Here everything is related to everything, so most of the time of a first migration went into that. Most
operations look at nothing but the model that they change and the tables to which it points.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    Migration,
    RemoveConstraint,
    RemoveIndex,
    RunSQL,
)
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import Field
from psycopg.errors import LockNotAvailable

from jingkai.config.home import CannotStart

LOOK_AT_ONE_MODEL = (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
    RunSQL,
)


LOCK_SECONDS = 2
"""How long a change of a table waits for its lock; everybody who wants that table waits behind it."""

TRIES, PAUSE = 60, 2.0
"""How often, and after how many seconds, a change that did not get its lock is tried again."""


def migrate(*, verbosity: int) -> None:
    """Apply all migrations; into empty tables quickly, into those of a running zone without holding it up.

    Only one runs at a time. Beside processes that work, a change that does not get its lock at once makes
    way for them and is tried again; each is one transaction, so nothing is ever half there.
    """
    with _alone():
        if not MigrationRecorder(connection).applied_migrations():
            with _neighbours_left_alone():
                call_command("migrate", interactive=False, verbosity=verbosity)
            return
        with _short_locks():
            patiently(lambda: call_command("migrate", interactive=False, verbosity=verbosity))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock of the database for as long as this connection migrates; raises CannotStart."""
    name = "hashtext('jingkai migrate')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_lock({name})")
        if not cursor.fetchone()[0]:
            raise CannotStart("Another `jingkai migrate` is at work.", "Wait until it is done.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_unlock({name})")


@contextmanager
def _short_locks() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def patiently(work: Callable[[], object], *, pause: Callable[[float], None] = time.sleep) -> None:
    """Do something that needs locks; where it does not get one, let the others go first and try again."""
    for tries_left in reversed(range(TRIES)):
        try:
            work()
        except OperationalError as error:
            if not tries_left or not isinstance(error.__cause__, LockNotAvailable):
                raise
            click.echo(f"A table is busy; tried again in {PAUSE:.0f} s ({tries_left} times).", err=True)
            pause(PAUSE)
        else:
            return


@contextmanager
def _neighbours_left_alone() -> Iterator[None]:
    """Let migrations that allow it build the changed model alone; any other begins with a complete state."""
    apply, find = Migration.apply, ProjectState._find_reload_model  # type: ignore[attr-defined]

    def apply_quickly(
        self: Migration,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        if not all(_looks_at_one_model(one, self.app_label, project_state) for one in self.operations):
            project_state.clear_delayed_apps_cache()
            return apply(self, project_state, schema_editor, collect_sql)
        ProjectState._find_reload_model = _itself_alone  # type: ignore[attr-defined]
        try:
            return apply(self, project_state, schema_editor, collect_sql)
        finally:
            ProjectState._find_reload_model = find  # type: ignore[attr-defined]

    Migration.apply = apply_quickly  # type: ignore[method-assign]
    try:
        yield
    finally:
        Migration.apply = apply  # type: ignore[method-assign]


def _looks_at_one_model(operation: Operation, app_label: str, state: ProjectState) -> bool:
    """A changed column matters to other models when they may point to it."""
    if not isinstance(operation, AlterField):
        return isinstance(operation, LOOK_AT_ONE_MODEL)
    model = state.models.get((app_label, operation.model_name_lower))
    before = model.fields.get(operation.name) if model else None
    return not any(_may_be_pointed_to(field) for field in (before, operation.field) if field is not None)


def _may_be_pointed_to(field: Field[Any, Any]) -> bool:
    return field.primary_key or field.unique or field.is_relation


def _itself_alone(state: Any, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """The changed model; the state counts as incomplete from now on, so whoever needs it whole renews it."""
    state.is_delayed = True
    return {(app_label, model_name)}
