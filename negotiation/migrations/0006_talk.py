from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0005_revisions")]

    operations: list[migrations.operations.base.Operation] = []
