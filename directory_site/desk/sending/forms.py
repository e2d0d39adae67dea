"""How, to whom and in which language the details go, and what a file tells; what was typed is kept nowhere but sealed."""

from collections.abc import Collection
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from referrals import file_content
from referrals.codes import Channel

TOLD = {
    "place": _("Where they live (postcode or commune)"),
    "languages": _("Languages"),
    "age_band": _("Age"),
    "mobility": _("Mobility"),
    "bim": _("Increased reimbursement"),
}


class SendForm(forms.Form):
    """`from_file`: to the number or address in the person's file, which is not shown. Only channels with a gateway are
    offered; the first is the one for which the file (`known`) has an address.
    """

    channel = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    from_file = forms.BooleanField(label=_("To the number or address in the file"), required=False)
    recipient = forms.CharField(
        label=_("Or to this number or address"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, language: str, known: Collection[str], **kwargs):
        offered = [one for one in (Channel.SMS, Channel.EMAIL) if settings.OUTBOX_GATEWAYS.get(one)]
        reached = [one for one in offered if one in known]
        first = {"channel": next(iter(reached or offered), ""), "from_file": bool(reached)}
        kwargs.setdefault("initial", {"language": language, "key": uuid4(), **first})
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(one, one.label) for one in offered]
        if not reached:
            del self.fields["from_file"]

    def clean(self):
        values = super().clean()
        if not values.get("from_file") and not values.get("recipient"):
            self.add_error("recipient", _("Type a number or an address."))
        return values


class FileForm(forms.Form):
    """What a service is told of a person. Only what is known of the situation is offered."""

    first_name = forms.CharField(label=_("First name"), required=False, max_length=100)
    last_name = forms.CharField(label=_("Last name"), required=False, max_length=100)
    phone = forms.CharField(label=_("Phone number"), max_length=60)
    asked = forms.CharField(
        label=_("What is asked of them"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As little as they need to decide. No diagnosis, no national number."),
    )
    told = forms.MultipleChoiceField(
        label=_("They are also told"), required=False, widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField(label=_("The person said yes"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, situation: dict, known: dict[str, str], **kwargs):
        offered = [
            (code, label)
            for code, label in TOLD.items()
            if any(situation.get(name) not in (None, "", []) for name in file_content.CHOICES[code])
        ]
        first = [code for code, _label in offered if code in file_content.FIRST_CHOICES]
        kwargs.setdefault("initial", {**known, "told": first, "key": uuid4()})
        super().__init__(*args, **kwargs)
        self.fields["told"].choices = offered
        if not offered:
            del self.fields["told"]
        for name in ("first_name", "last_name", "phone", "asked"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def clean(self):
        return {"told": [], **super().clean()}
