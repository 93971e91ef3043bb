import django.db.models.deletion
from django.db import migrations, models

from accounts.sealing import seal


def seal_valuations(apps, schema_editor):
    """What was stated in the clear is kept encrypted from here on."""
    for row in apps.get_model("negotiation", "Valuation").objects.select_related("room", "party"):
        stated = {"multipliers": row.multipliers}
        stated |= {} if row.walk_away is None else {"walk_away": str(row.walk_away)}
        row.sealed = seal(stated, f"valuation:{row.room.code}:{row.party.code}")
        row.save(update_fields=["sealed"])


def own(name, to):
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name=name, to=to)


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0007_attachments"), ("accounts", "0002_mandate_roles_and_salt")]

    operations = [
        migrations.AddField("valuation", "sealed", models.BinaryField(default=b""), preserve_default=False),
        migrations.RunPython(seal_valuations, migrations.RunPython.noop),
        migrations.RemoveField("valuation", "multipliers"),
        migrations.RemoveField("valuation", "walk_away"),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed", models.BinaryField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("party", own("+", "accounts.party")),
                ("room", own("+", "negotiation.room")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("room", "party"), name="acceptance_once_per_party")]
            },
        ),
        migrations.CreateModel(
            name="Accord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_at", models.DateTimeField(auto_now_add=True)),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="accord",
                        to="negotiation.revision",
                    ),
                ),
            ],
        ),
    ]
