"""The guards that make the trail append-only, and the lock that hands out places in a chain."""

from django.conf import settings
from django.db import migrations

LOCK_HEADS = """
CREATE FUNCTION audit_lock_heads(kinds text[], ids bigint[])
RETURNS TABLE (stream_kind text, stream_id bigint, sequence bigint, hash text)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    wanted bigint;
BEGIN
    FOR wanted IN
        SELECT DISTINCT hashtextextended(s.kind || ':' || s.number, 20260101) AS key
        FROM unnest(kinds, ids) AS s(kind, number) ORDER BY key
    LOOP
        PERFORM pg_advisory_xact_lock(wanted);
    END LOOP;
    RETURN QUERY
        SELECT s.kind, s.number, coalesce(head.sequence, 0::bigint), coalesce(head.hash::text, repeat('0', 64))
        FROM unnest(kinds, ids) AS s(kind, number)
        LEFT JOIN LATERAL (
            SELECT e.sequence, e.hash FROM audit_trailentry e
            WHERE e.stream_kind = s.kind COLLATE "C" AND e.stream_id = s.number
            ORDER BY e.sequence DESC LIMIT 1
        ) head ON true;
END $$;
"""

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The trail is append-only: % on % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_trailentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""

NEWS = """
CREATE FUNCTION audit_note_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO audit_trailnews (stream_kind, stream_id, first, last)
    SELECT stream_kind, stream_id, min(sequence), max(sequence) FROM fresh GROUP BY stream_kind, stream_id;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entry_news AFTER INSERT ON audit_trailentry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_note_news();
"""

UNDO = """
DROP TRIGGER audit_entry_news ON audit_trailentry;
DROP TRIGGER audit_checkpoint_append_only ON audit_checkpoint;
DROP TRIGGER audit_entry_append_only ON audit_trailentry;
DROP FUNCTION audit_note_news();
DROP FUNCTION audit_refuse();
DROP FUNCTION audit_lock_heads(text[], bigint[]);
"""


def limit_the_product(_apps, schema_editor):
    """Leave the product's role nothing but SELECT and INSERT on the trail."""
    role = getattr(settings, "DATABASE_APP_ROLE", "")
    if not role:
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolname = current_user FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
    if found is None or found[0]:
        return
    name = schema_editor.quote_name(role)
    for table in ("audit_trailentry", "audit_checkpoint"):
        schema_editor.execute(f"REVOKE ALL ON {table} FROM {name}, PUBLIC")
        schema_editor.execute(f"GRANT SELECT, INSERT ON {table} TO {name}")
    schema_editor.execute(f"GRANT SELECT, INSERT, DELETE ON audit_trailnews TO {name}")


class Migration(migrations.Migration):
    """Guard the trail."""

    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(LOCK_HEADS + REFUSE + NEWS, UNDO),
        migrations.RunPython(limit_the_product, migrations.RunPython.noop),
    ]
