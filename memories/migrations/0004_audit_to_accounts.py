"""Let go of the audit trail: its table and rows are `accounts`' now."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0003_immutable_memories'),
        ('accounts', '0003_audit_entry'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name='AuditEntry')]),
    ]
