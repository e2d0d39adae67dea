"""Since when a number is known: a replay of the deletion log forgets older ones only."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery
from django.utils import timezone


def as_old_as_the_file(apps, schema_editor) -> None:
    Person, PersonPhone = apps.get_model("referrals", "Person"), apps.get_model("referrals", "PersonPhone")
    since = Person.objects.filter(pk=OuterRef("person_id")).values("created_at")
    PersonPhone.objects.update(created_at=Subquery(since))


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_expiry_of_what_is_under_way")]

    operations = [
        migrations.AddField(
            "personphone",
            "created_at",
            models.DateTimeField(auto_now_add=True, default=timezone.now),
            preserve_default=False,
        ),
        migrations.RunPython(as_old_as_the_file, migrations.RunPython.noop),
    ]
