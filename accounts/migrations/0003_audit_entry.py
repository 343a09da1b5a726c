"""Take over the audit trail from `memories`, with its rows, and let it tell of organizations too."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_settings_and_members'),
        ('memories', '0001_initial'),
    ]

    operations = [
        # The table is there already, under its old name.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='AuditEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('action', models.CharField(max_length=50, verbose_name='action')),
                        ('object_type', models.CharField(max_length=50, verbose_name='object')),
                        ('object_id', models.CharField(max_length=64, verbose_name='object id')),
                        ('actor', models.CharField(max_length=255, verbose_name='who')),
                        ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                        ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.project')),
                    ],
                    options={
                        'verbose_name': 'audit entry',
                        'verbose_name_plural': 'audit entries',
                        'db_table': 'memories_auditentry',
                        'ordering': ['-created_at', '-id'],
                        'indexes': [
                            models.Index(fields=['project', '-created_at'], name='audit_by_project'),
                            models.Index(fields=['object_id'], name='audit_by_object'),
                        ],
                    },
                ),
            ],
        ),
        migrations.AlterModelTable(name='auditentry', table=None),
        migrations.AlterField(
            model_name='auditentry',
            name='project',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.project'),
        ),
        migrations.AddField(
            model_name='auditentry',
            name='organization',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.organization'),
        ),
        migrations.AddConstraint(
            model_name='auditentry',
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(('organization__isnull', True), ('project__isnull', False)),
                    models.Q(('organization__isnull', False), ('project__isnull', True)),
                    _connector='OR',
                ),
                name='audit_of_one_place',
            ),
        ),
    ]
