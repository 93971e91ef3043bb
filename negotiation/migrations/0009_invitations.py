import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_phone_and_language"),
        ("negotiation", "0008_acceptance"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("made", "Made"),
                            ("printed", "Printed"),
                            ("password", "Came in, with a password"),
                            ("phone", "Came in, with a phone"),
                            ("replaced", "Replaced"),
                        ],
                        default="made",
                        max_length=10,
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=20)),
                ("address", models.CharField(blank=True, max_length=200)),
                ("note", models.CharField(blank=True, max_length=400)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                ("printed_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=400)),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="accounts.mandate"
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="invitations", to="negotiation.room"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvitationBatch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("read", "Read, not yet asked for"),
                            ("asked", "Waits for the second person"),
                            ("confirmed", "Letters are being made"),
                            ("done", "Letters are made"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="read",
                        max_length=10,
                    ),
                ),
                ("sealed", models.BinaryField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(blank=True, max_length=400)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
                ("more_faults", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replacements",
                        to="negotiation.invitation",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitation_batches",
                        to="negotiation.room",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LetterFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("letters", models.PositiveIntegerField()),
                ("sealed", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("printed_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="negotiation.invitationbatch",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="invitation",
            name="file",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="negotiation.letterfile"
            ),
        ),
        migrations.CreateModel(
            name="PhoneCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("phone", models.CharField(max_length=20)),
                ("digest", models.CharField(max_length=64)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
                (
                    "invitation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_of_phone",
                        to="negotiation.invitation",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="invitationbatch",
            index=models.Index(fields=["state", "updated_at"], name="negotiation_state_7945fa_idx"),
        ),
        migrations.AddIndex(
            model_name="invitationbatch",
            index=models.Index(fields=["room", "-id"], name="negotiation_room_id_4cb0fb_idx"),
        ),
        migrations.AddConstraint(
            model_name="letterfile",
            constraint=models.UniqueConstraint(fields=("batch", "number"), name="letter_file_once_per_number"),
        ),
        migrations.AddIndex(
            model_name="invitation",
            index=models.Index(fields=["room", "state"], name="negotiation_room_id_318b65_idx"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(fields=("room", "number"), name="letter_number_once_per_room"),
        ),
    ]
