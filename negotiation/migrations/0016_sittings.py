import django.db.models.deletion
from django.db import migrations, models

# Ballots that were there before: each chamber of their roll votes as long as they are open.
FILL = """
INSERT INTO negotiation_sitting (ballot_id, chamber, opens_at, closes_at)
SELECT DISTINCT ballot.id, line.chamber, ballot.opens_at, ballot.closes_at
FROM negotiation_ballot AS ballot JOIN negotiation_ballotseat AS line ON line.ballot_id = ballot.id
"""
# The last choice of each seat and way.
MARK = """
UPDATE negotiation_ballotseat AS line
SET own = coalesce(last.own, ''), paper = coalesce(last.paper, ''), proxy = coalesce(last.proxy, '')
FROM (
    SELECT ballot_id, seat_id, max(choice) FILTER (WHERE via = 'own') AS own,
        max(choice) FILTER (WHERE via = 'paper') AS paper, max(choice) FILTER (WHERE via = 'proxy') AS proxy
    FROM (
        SELECT DISTINCT ON (ballot_id, seat_id, via) ballot_id, seat_id, via, choice
        FROM negotiation_vote ORDER BY ballot_id, seat_id, via, id DESC
    ) AS vote
    GROUP BY ballot_id, seat_id
) AS last
WHERE line.ballot_id = last.ballot_id AND line.seat_id = last.seat_id
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
        *[
            migrations.AddField("ballotseat", way, models.CharField(blank=True, default="", max_length=8), False)
            for way in ("own", "paper", "proxy")
        ],
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
