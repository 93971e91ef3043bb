import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import accounts.models
from negotiation.searching import fold, grams

BATCH = 500


def carry_over(apps, schema_editor):
    """Each comment points at its answer instead of the reverse, and can be found by its words."""
    Comment, Answer = (apps.get_model("negotiation", name) for name in ("Comment", "Answer"))
    answers = dict(Answer.objects.values_list("comment_id", "pk"))
    rows = []
    for comment in Comment.objects.iterator(BATCH):
        comment.answer_id = answers.get(comment.pk)
        comment.folded, comment.grams = fold(comment.body), grams(comment.room_id, comment.body)
        rows.append(comment)
    Comment.objects.bulk_update(rows, ["answer", "folded", "grams"], batch_size=BATCH)
    for answer in Answer.objects.select_related("comment").iterator(BATCH):
        Answer.objects.filter(pk=answer.pk).update(room=answer.comment.room_id)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_mandate_roles_and_salt"),
        ("negotiation", "0005_revisions"),
        ("units", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Caucus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("government", "Government"),
                            ("market", "Market"),
                            ("public", "Public"),
                            ("none", "No side"),
                        ],
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaucusMember",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("left_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CaucusMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", models.TextField(max_length=4000)),
                ("salt", models.BinaryField(default=accounts.models.new_salt)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="Clustering",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting"),
                            ("running", "Being computed"),
                            ("done", "Computed"),
                            ("failed", "Failed"),
                        ],
                        default="pending",
                        max_length=8,
                    ),
                ),
                ("groups", models.JSONField(default=list)),
                ("covered", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=400)),
                ("found_at", models.DateTimeField(null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Hiding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=1000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("appeal", models.TextField(blank=True, max_length=1000)),
                ("appealed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "It stays hidden"), ("lifted", "It is shown again")],
                        max_length=8,
                    ),
                ),
                ("outcome_reason", models.TextField(blank=True, max_length=1000)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(max_length=1000)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AlterField(
            model_name="answer",
            name="comment",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="negotiation.comment"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="revision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="answers",
                to="negotiation.revision",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="room",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="negotiation.room"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="agreed",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="comment",
            name="answer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="comments",
                to="negotiation.answer",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="folded",
            field=models.TextField(default=""),
        ),
        migrations.AddField(
            model_name="comment",
            name="grams",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="comment",
            name="hidden",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="comment",
            name="parcel",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="comments", to="units.parcel"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="quote",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="negotiation.comment"
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        # Rows were written: their deferred checks have to be through before the tables change.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.RemoveField(model_name="answer", name="comment"),
        migrations.AlterField(
            model_name="answer",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="negotiation.room"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["room", "verdict"], name="negotiation_room_id_1d3d04_idx"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["room", "parent", "-agreed", "-id"], name="negotiation_room_id_455560_idx"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["room", "party", "created_at"], name="negotiation_room_id_fd9c4b_idx"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(fields=["parcel", "parent", "-id"], name="negotiation_parcel__31c0dc_idx"),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=["grams"], name="comment_grams"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="agreements", to="negotiation.comment"
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="seat",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="negotiation.seat"
            ),
        ),
        migrations.AddField(
            model_name="caucus",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
            ),
        ),
        migrations.AddField(
            model_name="caucus",
            name="room",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="caucuses", to="negotiation.room"
            ),
        ),
        migrations.AddField(
            model_name="caucusmember",
            name="caucus",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="members", to="negotiation.caucus"
            ),
        ),
        migrations.AddField(
            model_name="caucusmember",
            name="party",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.party"),
        ),
        migrations.AddField(
            model_name="caucusmessage",
            name="caucus",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="messages", to="negotiation.caucus"
            ),
        ),
        migrations.AddField(
            model_name="caucusmessage",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
            ),
        ),
        migrations.AddField(
            model_name="caucusmessage",
            name="party",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.party"),
        ),
        migrations.AddField(
            model_name="clustering",
            name="room",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="clustering", to="negotiation.room"
            ),
        ),
        migrations.AddField(
            model_name="hiding",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="hidings", to="negotiation.comment"
            ),
        ),
        migrations.AddField(
            model_name="hiding",
            name="decided_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
            ),
        ),
        migrations.AddField(
            model_name="hiding",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="reports", to="negotiation.comment"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.mandate"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="party",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.party"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(fields=("comment", "seat"), name="agreement_once_per_seat"),
        ),
        migrations.AddIndex(
            model_name="caucus",
            index=models.Index(fields=["room", "side"], name="negotiation_room_id_5aa1f4_idx"),
        ),
        migrations.AddConstraint(
            model_name="caucusmember",
            constraint=models.UniqueConstraint(fields=("caucus", "party"), name="member_once_per_caucus"),
        ),
        migrations.AddIndex(
            model_name="caucusmessage",
            index=models.Index(fields=["caucus", "-id"], name="negotiation_caucus__0520b3_idx"),
        ),
        migrations.AddIndex(
            model_name="clustering",
            index=models.Index(fields=["state", "updated_at"], name="negotiation_state_009a31_idx"),
        ),
        migrations.AddConstraint(
            model_name="hiding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "lifted"), _negated=True),
                fields=("comment",),
                name="one_hiding_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(condition=models.Q(("settled_at", None)), fields=["comment"], name="report_open"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("comment", "party"), name="report_once_per_party"),
        ),
    ]
