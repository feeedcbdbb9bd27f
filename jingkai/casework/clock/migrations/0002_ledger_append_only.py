"""The ledger of a clock is only ever added to: the database refuses every change and removal."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION clock_ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger of a clock is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER clock_ledger_append_only BEFORE UPDATE OR DELETE ON clock_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION clock_ledger_refuse_change();
CREATE TRIGGER clock_ledger_no_truncate BEFORE TRUNCATE ON clock_ledgerentry
    FOR EACH STATEMENT EXECUTE FUNCTION clock_ledger_refuse_change();
"""
BACKWARD = """
DROP TRIGGER clock_ledger_no_truncate ON clock_ledgerentry;
DROP TRIGGER clock_ledger_append_only ON clock_ledgerentry;
DROP FUNCTION clock_ledger_refuse_change();
"""


class Migration(migrations.Migration):
    """Guard the ledger."""

    dependencies = [("clock", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
