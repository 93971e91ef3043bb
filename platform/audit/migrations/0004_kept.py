"""Nothing of the log is emptied at once; a key only ends; an erasure names the entry that says why."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION audit_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is never emptied' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_entry_never_emptied BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();
CREATE TRIGGER audit_commitment_never_emptied BEFORE TRUNCATE ON audit_commitment
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();
CREATE TRIGGER audit_tile_never_emptied BEFORE TRUNCATE ON audit_tile
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();
CREATE TRIGGER audit_checkpoint_never_emptied BEFORE TRUNCATE ON audit_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();
CREATE TRIGGER audit_cosignature_never_emptied BEFORE TRUNCATE ON audit_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();
CREATE TRIGGER audit_key_never_emptied BEFORE TRUNCATE ON audit_key
    FOR EACH STATEMENT EXECUTE FUNCTION audit_never_emptied();

CREATE FUNCTION audit_key_only_ends() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ended IS NULL AND NEW.ended IS NOT NULL
       AND (NEW.id, NEW.public, NEW.added) = (OLD.id, OLD.public, OLD.added) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a key of the log only ends' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_key_only_ends BEFORE UPDATE OR DELETE ON audit_key
    FOR EACH ROW EXECUTE FUNCTION audit_key_only_ends();

CREATE OR REPLACE FUNCTION audit_commitment_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.erasure_id IS NULL AND NEW.salt IS NULL AND NEW.content IS NULL
       AND EXISTS (SELECT FROM audit_entry WHERE id = NEW.erasure_id AND action = 'log.erase' AND index IS NULL)
       AND to_jsonb(NEW) - '{salt,content,erasure_id}'::text[] = to_jsonb(OLD) - '{salt,content,erasure_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a commitment may only be erased, by an entry that says why'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION audit_commitment_unchanging() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND NEW.content IS NULL
       AND to_jsonb(NEW) - '{salt,content}'::text[] = to_jsonb(OLD) - '{salt,content}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a commitment may only be erased' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER audit_key_only_ends ON audit_key;
DROP FUNCTION audit_key_only_ends();
DROP FUNCTION audit_never_emptied() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_tree")]
    operations = [
        migrations.AddField(
            model_name="commitment",
            name="erasure",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="audit.entry",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
