"""What witnesses have signed is told apart from the log's own keys, and how far each witness has come."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_reading")]
    operations = [
        migrations.CreateModel(
            name="WitnessState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("witness", models.CharField(max_length=300)),
                ("scope", models.CharField(max_length=80)),
                ("size", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("due", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("witness", "scope"), name="witness_once_per_log")],
            },
        ),
        migrations.AddField(
            model_name="cosignature",
            name="witness",
            field=models.CharField(blank=True, default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="cosignature",
            constraint=models.UniqueConstraint(
                condition=models.Q(("witness", ""), _negated=True),
                fields=("checkpoint", "witness"),
                name="witness_once_per_checkpoint",
            ),
        ),
    ]
