"""The one form of an import: the file, whose identifiers it has, and the team in charge of what is new."""

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from services.imports import rights
from services.models import ImportRun


class ImportForm(forms.Form):
    file = forms.FileField(label=_("File"), widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}))
    source = forms.CharField(
        label=_("Where the file comes from"),
        max_length=60,
        help_text=_(
            "A short name, the same each time: the file's identifiers are kept under it, so that the next file finds "
            "the listings again."
        ),
    )
    team = forms.ModelChoiceField(
        label=_("Team in charge of the new listings"), queryset=Team.objects.none(), required=False
    )

    def __init__(self, *args, user, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        teams = rights.teams_of(user)
        self.fields["team"].queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
        self.fields["team"].required = bool(teams) and not user.is_superuser
        if len(teams) == 1:
            self.fields["team"].initial = teams[0]
        last = ImportRun.objects.filter(user=user).order_by("-pk").values_list("source", flat=True).first()
        self.fields["source"].initial = last or ""
        self.fields["file"].help_text = _(
            "CSV (UTF-8) or an Excel workbook (.xlsx), at most %(size)s. One row a listing at a place."
        ) % {"size": filesizeformat(settings.IMPORT_MAX_BYTES)}
