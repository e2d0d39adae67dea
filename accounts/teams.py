"""The teams a new installation begins with: one a bassin, and one for what no bassin holds (fixtures/teams.json)."""

import json
from pathlib import Path

from django.conf import settings
from django.db import transaction

from geo.models import Territory

from .models import Team

FILE = Path(settings.BASE_DIR) / "fixtures" / "teams.json"
COMMON = "common"  # the code of the team in charge of what lies in no team's territory


@transaction.atomic
def load_teams() -> int:
    """Create the teams that are missing; what administrators changed is kept. Returns how many were made.

    Raises Territory.DoesNotExist for a bassin that geo.actions.load_geography has not loaded.
    """
    made = 0
    for row in json.loads(FILE.read_text(encoding="utf-8")):
        if Team.objects.filter(code=row["code"]).exists():
            continue
        team = Team.objects.create(
            code=row["code"], name=row["name"], kind=row["kind"], language=row["language"]
        )
        team.territories.set([Territory.objects.get(kind="bassin", code=code) for code in row["bassins"]])
        made += 1
    return made
