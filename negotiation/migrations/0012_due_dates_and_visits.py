import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_phone_and_language"),
        ("negotiation", "0011_joint_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DueDate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=12)),
                ("place", models.PositiveIntegerField()),
                ("row", models.BigIntegerField()),
                ("on", models.DateField()),
                (
                    "ends",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.party"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="due_dates", to="negotiation.revision"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DutyReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.TextField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("correction", models.TextField(blank=True, max_length=2000)),
                ("corrected_at", models.DateTimeField(null=True)),
                (
                    "corrected_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
                    ),
                ),
                (
                    "due",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="negotiation.duedate"
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CommentVisit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
                ("since", models.DateTimeField(null=True)),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="negotiation.room"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("room", "user"), name="one_visit_per_person")],
            },
        ),
        migrations.AddIndex(
            model_name="duedate",
            index=models.Index(fields=["revision", "on", "id"], name="negotiation_revisio_2ef371_idx"),
        ),
        migrations.AddIndex(
            model_name="duedate",
            index=models.Index(fields=["kind", "row"], name="negotiation_kind_1a144e_idx"),
        ),
        migrations.AddConstraint(
            model_name="duedate",
            constraint=models.UniqueConstraint(fields=("revision", "kind", "place"), name="one_date_per_term"),
        ),
        migrations.AddConstraint(
            model_name="dutyreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrected_at", None)), fields=("due",), name="one_standing_report_per_term"
            ),
        ),
    ]
