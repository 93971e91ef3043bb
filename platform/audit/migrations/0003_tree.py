"""The trees, their checkpoints and keys; and the order in which entries were written."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
ALTER TABLE audit_entry ADD COLUMN serial bigint GENERATED ALWAYS AS IDENTITY;
CREATE INDEX audit_entry_waiting ON audit_entry (scope, serial) WHERE index IS NULL;

CREATE FUNCTION audit_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what seals the log is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_checkpoint_unchanging BEFORE UPDATE OR DELETE ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_never_changed();
CREATE TRIGGER audit_cosignature_unchanging BEFORE UPDATE OR DELETE ON audit_cosignature
    FOR EACH ROW EXECUTE FUNCTION audit_never_changed();

CREATE FUNCTION audit_tile_growing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.id, NEW.scope, NEW.level, NEW.number) = (OLD.id, OLD.scope, OLD.level, OLD.number)
       AND substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) = OLD.hashes THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a tile of the log only grows' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_tile_growing BEFORE UPDATE OR DELETE ON audit_tile
    FOR EACH ROW EXECUTE FUNCTION audit_tile_growing();
"""
BACKWARD = """
DROP TRIGGER audit_tile_growing ON audit_tile;
DROP FUNCTION audit_tile_growing();
DROP TRIGGER audit_cosignature_unchanging ON audit_cosignature;
DROP TRIGGER audit_checkpoint_unchanging ON audit_checkpoint;
DROP FUNCTION audit_never_changed();
DROP INDEX audit_entry_waiting;
ALTER TABLE audit_entry DROP COLUMN serial;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_unchanging")]
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=80)),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("created", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("scope", "size"), name="checkpoint_size_once_per_scope")
                ],
            },
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.TextField()),
                ("created", models.DateTimeField(auto_now_add=True)),
                (
                    "checkpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cosignatures",
                        to="audit.checkpoint",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public", models.BinaryField(unique=True)),
                ("added", models.DateTimeField(auto_now_add=True)),
                ("ended", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=80)),
                ("level", models.PositiveSmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("scope", "level", "number"), name="tile_once")],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
