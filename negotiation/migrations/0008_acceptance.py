from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0007_attachments")]

    operations: list[migrations.operations.base.Operation] = []
