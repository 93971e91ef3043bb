from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0003_comparison")]

    operations: list[migrations.operations.base.Operation] = []
