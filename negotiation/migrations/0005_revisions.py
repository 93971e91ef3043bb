from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0004_procedure")]

    operations: list[migrations.operations.base.Operation] = []
