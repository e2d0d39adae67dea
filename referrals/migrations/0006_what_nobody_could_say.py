"""Needs of which all orientations have expired: nobody could say what became of them, which is an outcome of its own."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def told_apart(apps, schema_editor) -> None:
    Need, Orientation = apps.get_model("referrals", "Need"), apps.get_model("referrals", "Orientation")
    counted = Orientation.objects.filter(need=OuterRef("pk")).exclude(state__in=["draft", "entered_in_error"])
    known = counted.exclude(state="cancelled", reason="expired")
    silent = Need.objects.filter(~Exists(known), status="unsatisfied", outcome="")
    silent.update(outcome="unknown")


class Migration(migrations.Migration):
    dependencies = [("referrals", "0005_since_when_a_number_is_known")]

    operations = [migrations.RunPython(told_apart, migrations.RunPython.noop)]
