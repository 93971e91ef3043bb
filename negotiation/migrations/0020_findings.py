"""Findings of auditors, with the rights to them for the rooms that are there, and what the checks found in a log."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

RIGHTS = {
    "read_findings": ("Read the auditor's findings", ("convener", "auditor")),
    "audit": ("Open findings in the decision log, and close them", ("auditor",)),
}


def give_rights(apps: Any, _editor: Any) -> None:
    """A room that is loaded later gets them with its groups (`negotiation.permissions`)."""
    names = {room.code: str(room.pk) for room in apps.get_model("negotiation", "Room").objects.only("code")}
    if not names:
        return
    kind = apps.get_model("contenttypes", "ContentType").objects.get(app_label="negotiation", model="room")
    permissions = apps.get_model("auth", "Permission").objects
    given = apps.get_model("guardian", "GroupObjectPermission").objects
    for codename, (label, roles) in RIGHTS.items():
        permission, _made = permissions.get_or_create(content_type=kind, codename=codename, defaults={"name": label})
        groups = apps.get_model("auth", "Group").objects.filter(name__startswith="room:")
        for group in groups:
            code, _colon, role = group.name.removeprefix("room:").rpartition(":")
            if role in roles and code in names:
                where = {"content_type": kind, "object_pk": names[code]}
                given.get_or_create(permission=permission, group=group, **where)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_phone_and_language"),
        ("audit", "0005_reading"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("guardian", "0002_generic_permissions_index"),
        ("negotiation", "0019_log_exports"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="room",
            options={
                "default_permissions": (),
                "permissions": [
                    ("read_room", "Read the room"),
                    ("read_households", "Read every household's rows"),
                    ("read_names", "Read the names behind codes"),
                    ("read_log", "Read and export the decision log"),
                    ("read_findings", "Read the auditor's findings"),
                    ("audit", "Open findings in the decision log, and close them"),
                    ("propose", "Put packages on the table"),
                    ("comment", "Comment"),
                    ("vote", "Vote"),
                    ("convene", "Answer comments, open ballots, decide"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Waits for an answer"), ("answered", "Answered"), ("closed", "Closed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("settled", "Settled: the answer is accepted"),
                            ("unsettled", "Not settled: it stands, with what was answered"),
                            ("withdrawn", "Withdrawn: it was no finding"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due", models.DateField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="audit.entry"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.party"
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="negotiation.room"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FindingStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("open", "Finding"),
                            ("answer", "Answer"),
                            ("ask_again", "Asked again"),
                            ("close", "Closed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("text", models.TextField(max_length=4000)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.entry"
                    ),
                ),
                (
                    "finding",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="negotiation.finding"
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
            name="LogReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.CharField(max_length=64)),
                ("done", models.PositiveBigIntegerField(default=0)),
                ("known", models.JSONField(default=dict)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "room",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="review", to="negotiation.room"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Anomaly",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=24)),
                ("key", models.CharField(max_length=140)),
                ("index", models.PositiveBigIntegerField()),
                ("figures", models.JSONField()),
                (
                    "entry",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.entry"),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="anomalies", to="negotiation.room"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["room", "-index", "-id"], name="negotiation_room_id_dda975_idx"),
                    models.Index(fields=["room", "code", "-index"], name="negotiation_room_id_1ae56e_idx"),
                ],
                "constraints": [models.UniqueConstraint(fields=("room", "code", "key"), name="anomaly_once_per_key")],
            },
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["room", "state", "-id"], name="negotiation_room_id_7bc5a6_idx"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["state", "due"], name="negotiation_state_13c706_idx"),
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
