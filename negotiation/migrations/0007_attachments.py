from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0006_talk")]

    operations: list[migrations.operations.base.Operation] = []
