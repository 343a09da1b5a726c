import accounts.embedders
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_lifecycle'),
    ]

    operations = [
        # Empty for the projects there are: memories.0016 looks whose vectors they have.
        migrations.AddField(
            model_name='project',
            name='embedder',
            field=models.CharField(default='', editable=False, max_length=200),
        ),
        migrations.AlterField(
            model_name='project',
            name='embedder',
            field=models.CharField(default=accounts.embedders.configured_embedder, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='project',
            name='next_embedder',
            field=models.CharField(blank=True, default='', editable=False, max_length=200),
            preserve_default=False,
        ),
    ]
