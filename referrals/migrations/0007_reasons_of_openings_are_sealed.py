"""Why a file of another team was opened is typed, may tell of the person, and goes with the file: sealed, and in no access row."""

from django.db import migrations, models

import sealing.fields

OPENED = "opened with a reason"


def seal(apps, schema_editor) -> None:
    Opening, AccessRow = apps.get_model("referrals", "Opening"), apps.get_model("referrals", "AccessRow")
    for row in Opening.objects.iterator():
        Opening.objects.filter(pk=row.pk).update(sealed=row.reason)
    AccessRow.objects.exclude(reason__in=["", "erased on request"]).update(reason=OPENED)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0006_what_nobody_could_say")]

    operations = [
        migrations.AddField("opening", "sealed", sealing.fields.SealedTextField(null=True)),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField("opening", "reason"),
        migrations.RenameField("opening", "sealed", "reason"),
        migrations.AlterField(
            "opening",
            "reason",
            sealing.fields.SealedTextField(
                help_text="as it was typed: it may tell of the person, and goes with the file"
            ),
        ),
        migrations.AlterField(
            "accessrow",
            "reason",
            models.CharField(
                blank=True, help_text="one of referrals.access, never typed words", max_length=200
            ),
        ),
    ]
