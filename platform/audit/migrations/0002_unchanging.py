"""Entries are written once: the database itself refuses to change or delete them.

An entry may get its index once. A commitment may lose its content (erasure of personal data), nothing else.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION audit_entry_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.index IS NULL AND NEW.index IS NOT NULL
       AND to_jsonb(NEW) - 'index' = to_jsonb(OLD) - 'index' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a log entry is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_entry_unchanging BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_unchanging();

CREATE FUNCTION audit_commitment_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND NEW.content IS NULL
       AND to_jsonb(NEW) - '{salt,content}'::text[] = to_jsonb(OLD) - '{salt,content}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a commitment may only be erased' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_commitment_unchanging BEFORE UPDATE OR DELETE ON audit_commitment
    FOR EACH ROW EXECUTE FUNCTION audit_commitment_unchanging();
"""
BACKWARD = """
DROP TRIGGER audit_entry_unchanging ON audit_entry;
DROP FUNCTION audit_entry_unchanging();
DROP TRIGGER audit_commitment_unchanging ON audit_commitment;
DROP FUNCTION audit_commitment_unchanging();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
