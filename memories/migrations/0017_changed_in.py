from django.db import migrations, models

CHANGED_IN = """
ALTER TABLE memories_memory ADD COLUMN changed_in xid8 NOT NULL DEFAULT '0';
CREATE INDEX memory_changed_in ON memories_memory (end_user_id, changed_in);
CREATE FUNCTION memories_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id();
    RETURN NEW;
END
$$;
CREATE TRIGGER memory_note_change BEFORE INSERT OR UPDATE ON memories_memory
    FOR EACH ROW EXECUTE FUNCTION memories_note_change();
"""
GONE = """
DROP TRIGGER memory_note_change ON memories_memory;
DROP FUNCTION memories_note_change();
ALTER TABLE memories_memory DROP COLUMN changed_in;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('memories', '0016_lifecycle'),
    ]

    operations = [
        migrations.AddField(
            model_name='memory',
            name='terms',
            field=models.BinaryField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='memory',
            name='context_terms',
            field=models.BinaryField(editable=False, null=True),
        ),
        migrations.RunSQL(CHANGED_IN, GONE),
    ]
