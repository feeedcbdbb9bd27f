"""What the quick first migration makes are the tables of the models."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from jingkai.config.home import CannotStart
from jingkai.config.migrating import _alone, _short_locks, patiently
from jingkai.config.testing import TestServer

pytestmark = pytest.mark.django_db

COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = %s::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
CONSTRAINTS = """
    SELECT c.relname, pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
    WHERE o.connamespace = %s::regnamespace AND o.contype <> 'n'
"""
INDEXES = """
    SELECT tablename, regexp_replace(indexdef, ' INDEX \\S+ ON \\S+ ', ' INDEX ON ') FROM pg_indexes
    WHERE schemaname = %s
"""
WRITTEN_BEFORE = {
    (
        "seals_sealuse",
        "CHECK ((NOT ((authorised_by_id = applied_by_id) AND (applied_by_id IS NOT NULL))))",
    )
}
"""Written when the column could not be empty; what the database has lets an empty one pass as well."""


def test_the_tables_are_those_of_the_models(database_server: TestServer) -> None:
    ours = [apps.get_app_config(name.rpartition(".")[2]) for name in settings.PRODUCT_APPS]
    models = [model for app in ours for model in app.get_models(include_auto_created=True)]
    tables = {model._meta.db_table for model in models}
    with connection.schema_editor(collect_sql=True) as editor:
        for model in models:
            if not model._meta.auto_created:
                editor.create_model(model)
        statements = [*editor.collected_sql, *map(str, editor.deferred_sql)]
    with (
        database_server.connect(connection.settings_dict["NAME"]) as admin,
        admin.transaction(force_rollback=True),
    ):
        made = [_rows(admin, query, "public", tables) for query in (COLUMNS, CONSTRAINTS, INDEXES)]
        admin.execute("CREATE SCHEMA of_models; SET LOCAL search_path TO of_models, public")
        for statement in dict.fromkeys(statements):
            admin.execute(statement)
        wanted = [_rows(admin, query, "of_models", tables) for query in (COLUMNS, CONSTRAINTS, INDEXES)]
    for here, from_models in zip(made, wanted, strict=True):
        assert from_models - here <= WRITTEN_BEFORE, "the models say more than the migrations made"
    assert made[0] - wanted[0] == set(), "the migrations made columns that no model has"


def _rows(admin: Any, query: str, schema: str, tables: set[str]) -> set[tuple[Any, ...]]:
    rows = admin.execute(query, [schema]).fetchall()
    return {tuple(_plain(part) for part in row) for row in rows if row[0] in tables}


def _plain(part: Any) -> Any:
    return part.replace("of_models.", "").replace("public.", "") if isinstance(part, str) else part


def test_a_change_makes_way_for_who_holds_the_table_and_is_tried_again(database_server: TestServer) -> None:
    tried: list[str] = []
    with database_server.connect(connection.settings_dict["NAME"]) as other:
        other.autocommit = False
        other.execute("LOCK TABLE calendar_calendaryear IN ACCESS EXCLUSIVE MODE")

        def change() -> None:
            tried.append("change")
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("LOCK TABLE calendar_calendaryear IN ROW EXCLUSIVE MODE")

        def let_go(_seconds: float) -> None:
            tried.append("pause")
            other.rollback()

        with _short_locks():
            patiently(change, pause=let_go)
    assert tried == ["change", "pause", "change"]


def test_two_do_not_migrate_at_once(database_server: TestServer) -> None:
    with database_server.connect(connection.settings_dict["NAME"]) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('jingkai migrate'))")
        with pytest.raises(CannotStart), _alone():
            pass
        other.execute("SELECT pg_advisory_unlock_all()")
        with _alone():
            pass
