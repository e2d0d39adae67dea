"""How, to whom and in which language the details go; what was typed is used once and kept nowhere but sealed."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from referrals.codes import Channel


class SendForm(forms.Form):
    """`from_file`: to the number or address in the person's file, which is not shown."""

    channel = forms.ChoiceField(
        label=_("How"),
        choices=[(Channel.SMS, Channel.SMS.label), (Channel.EMAIL, Channel.EMAIL.label)],
        widget=forms.RadioSelect,
        initial=Channel.SMS,
    )
    from_file = forms.BooleanField(label=_("To the number or address in the file"), required=False)
    recipient = forms.CharField(
        label=_("Or to this number or address"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, language: str, known: bool, **kwargs):
        kwargs.setdefault(
            "initial", {"language": language, "key": uuid4(), "from_file": known, "channel": Channel.SMS}
        )
        super().__init__(*args, **kwargs)
        if not known:
            del self.fields["from_file"]

    def clean(self):
        values = super().clean()
        if not values.get("from_file") and not values.get("recipient"):
            self.add_error("recipient", _("Type a number or an address."))
        return values
