"""The log is read in the order of time: of all entries, and of those of one act, party or thing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_kept")]
    operations = [
        migrations.RemoveIndex(model_name="entry", name="audit_entry_scope_f5925b_idx"),
        migrations.RemoveIndex(model_name="entry", name="audit_entry_scope_a3738e_idx"),
        migrations.RemoveIndex(model_name="entry", name="audit_entry_scope_52b97a_idx"),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["scope", "time", "id"], name="entry_by_time")
        ),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["scope", "action", "time", "id"], name="entry_by_action")
        ),
        migrations.AddIndex(
            model_name="entry", index=models.Index(fields=["scope", "party", "time", "id"], name="entry_by_party")
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["scope", "object_type", "object_id", "time", "id"], name="entry_by_object"),
        ),
    ]
