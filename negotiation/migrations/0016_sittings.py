import django.db.models.deletion
from django.db import migrations, models

# Ballots that were there before: each chamber of their roll votes as long as they are open.
FILL = """
INSERT INTO negotiation_sitting (ballot_id, chamber, opens_at, closes_at)
SELECT DISTINCT ballot.id, line.chamber, ballot.opens_at, ballot.closes_at
FROM negotiation_ballot AS ballot JOIN negotiation_ballotseat AS line ON line.ballot_id = ballot.id
"""


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0015_straw_polls")]

    operations = [
        migrations.CreateModel(
            name="Sitting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chamber", models.CharField(max_length=64)),
                ("opens_at", models.DateTimeField()),
                ("closes_at", models.DateTimeField()),
                (
                    "ballot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="sittings", to="negotiation.ballot"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("ballot", "chamber"), name="one_sitting_of_a_chamber")],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
