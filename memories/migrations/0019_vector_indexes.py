import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

# A vector of more than 500 dimensions would be kept apart from its row, where an exact search fetches each by an index of
# its own and takes twice as long. Beside the row as long as it fits on a page; for vectors that are written from now on.
BESIDE = "ALTER TABLE memories_memoryvector SET (toast_tuple_target = 8160)"
AS_BEFORE = "ALTER TABLE memories_memoryvector RESET (toast_tuple_target)"


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0018_embedder_changes'),
    ]

    operations = [
        migrations.CreateModel(
            name='VectorIndex',
            fields=[
                ('embedder', models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name='embedder')),
                ('dimensions', models.PositiveIntegerField(verbose_name='dimensions')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='last of use')),
                ('tried_at', models.DateTimeField(null=True, verbose_name='last tried')),
                ('built_at', models.DateTimeField(null=True, verbose_name='made')),
                ('seconds', models.FloatField(null=True, verbose_name='seconds it took')),
                ('error', models.TextField(blank=True, verbose_name='error')),
            ],
            options={
                'verbose_name': 'index of vectors',
                'verbose_name_plural': 'indexes of vectors',
            },
        ),
        migrations.AlterField(
            model_name='memoryvector',
            name='memory',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='vectors', to='memories.memory'),
        ),
        migrations.RunSQL(BESIDE, AS_BEFORE),
    ]
