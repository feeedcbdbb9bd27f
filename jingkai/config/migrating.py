"""Bring tables up to date without building all models anew at every step.

For each operation Django builds every model again that is related to the changed one by however many steps.
Here everything is related to everything, so most of the time of a first migration went into that. Most
operations look at nothing but the model that they change and the tables to which it points.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.management import call_command
from django.db import connection
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

LOOK_AT_ONE_MODEL = (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
    RunSQL,
)


def migrate(*, verbosity: int) -> None:
    """Apply all migrations; into empty tables quickly, into those of a running zone as Django does it."""
    first = not MigrationRecorder(connection).applied_migrations()
    with _neighbours_left_alone() if first else nullcontext():
        call_command("migrate", interactive=False, verbosity=verbosity)


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
