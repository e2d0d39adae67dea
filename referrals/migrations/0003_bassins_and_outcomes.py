"""The bassin of calls and the outcome of needs, for what was noted before they were kept."""

from django.db import migrations


def fill(apps, schema_editor):
    models = {name: apps.get_model("referrals", name) for name in ("Call", "Need", "Orientation")}
    parts = list(
        apps.get_model("geo", "BassinPart").objects.values_list("commune__code", "bassin__code", "whole", "postcodes")
    )
    communes = dict(apps.get_model("geo", "Postcode").objects.values_list("code", "nis5s"))

    def bassin_of(known):
        postcode, nis5 = known.get("postcode", ""), known.get("nis5", "")
        within = [nis5] if nis5 else communes.get(postcode, [])
        near = [part for part in parts if part[0] in within]
        for _commune, bassin, _whole, postcodes in near:
            if postcode and postcode in postcodes:
                return bassin
        found = {bassin if whole else "" for _commune, bassin, whole, _postcodes in near}
        return found.pop() if len(found) == 1 else ""

    for pk, known in models["Call"].objects.exclude(situation={}).values_list("pk", "situation").iterator():
        if bassin := bassin_of(known):
            models["Call"].objects.filter(pk=pk).update(bassin=bassin)
    outcomes = {}
    heard = models["Orientation"].objects.exclude(outcome="").exclude(state__in=["draft", "entered_in_error"])
    for need, outcome in heard.order_by("pk").values_list("need", "outcome").iterator():
        if outcomes.get(need) == "got_help" or (outcomes.get(need) == "partly" and outcome != "got_help"):
            continue
        outcomes[need] = outcome
    for need, outcome in outcomes.items():
        models["Need"].objects.filter(pk=need).update(outcome=outcome)


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_files_and_figures"), ("geo", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
