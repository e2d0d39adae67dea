"""An orientation under way whose need was closed had lost its expiry, and held its person's file for ever."""

from django.db import migrations


def give_back(apps, schema_editor) -> None:
    FollowUp = apps.get_model("referrals", "FollowUp")
    under_way = ("requested", "accepted", "on_hold", "in_progress")
    expiries = FollowUp.objects.filter(kind="expiry", orientation__state__in=under_way)
    there = set(
        expiries.filter(done_at=None, cancelled_at=None).values_list("orientation", flat=True)
    )
    for row in expiries.filter(cancelled_because="need_closed").order_by("-pk"):
        if row.orientation_id not in there:
            there.add(row.orientation_id)
            FollowUp.objects.filter(pk=row.pk).update(cancelled_at=None, cancelled_because="")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0003_bassins_and_outcomes")]

    operations = [migrations.RunPython(give_back, migrations.RunPython.noop)]
