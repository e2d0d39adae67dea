"""Reading a published object of another team: what it says, who keeps it true, and where the public sees it."""

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views import snippets

from services.models import Service
from services.rules import is_listed

_COMMON = ["steward", "source", "source_date", "modified_at"]
FIELDS = {
    "service": [
        "name",
        "organization",
        "summary",
        "description",
        "needs",
        "eligibility_description",
        "application_process",
        "fees_description",
        "website",
        "email",
        "lifecycle",
        "verified_on",
        "verification_channel",
        *_COMMON,
    ],
    "organization": ["name", "organisation_type", "description", "website", "email", *_COMMON],
    "location": ["name", "street", "house_number", "box", "postcode", "commune", "bassin", *_COMMON],
}


class InspectView(snippets.InspectView):
    """The published row only: the title of a draft is its team's."""

    def get_fields(self):
        return FIELDS[self.model._meta.model_name]

    page_title = gettext_lazy("Read")

    def get_field_label(self, field_name, field):
        return _("changed on") if field_name == "modified_at" else super().get_field_label(field_name, field)

    def get_fields_context(self):
        """What says something; empty fields are left out."""
        return [one for one in super().get_fields_context() if one["value"] not in (None, "", "-")]

    def get_page_subtitle(self):
        return str(self.object)

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if isinstance(self.object, Service) and is_listed(
            live=self.object.live, lifecycle=self.object.lifecycle
        ):
            url = reverse("listing", kwargs={"uuid": self.object.uuid})
            buttons.append(Button(_("See the public page"), url=url, icon_name="view", priority=5))
        return buttons
