"""Panels of the catalogue's forms, in the order a person thinks: what, for whom, where, when, how to get in, cost."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    PublishingPanel,
    TabbedInterface,
)

from .comparison import PartsPanel
from .forms import CatalogueForm, ServiceForm, TermForm
from .history import VerificationsPanel
from .hours import DaysInput, DaysPanel, HoursInWords, TimeInput
from .point import PointSelect
from .reasons import FIELD as REASON


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


class LooksLike(Panel):
    """Listings that this one may be a second time, said while it is typed."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "services/admin/looks_like_box.html"


class TextsPanel(MultiFieldPanel):
    """A text in every language; says in which it is missing, once it is there in one."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "services/admin/texts.html"


def _said_in(name: str, code: str, label: str, rows: int | None, heading: str | None = None) -> FieldPanel:
    """One text in one language; the browser's spelling checker is told which. `heading` "": the field's own label."""
    attrs = {"lang": code, "data-lang": code, "data-lang-name": label}
    widget = forms.Textarea(attrs={"rows": rows, **attrs}) if rows else forms.TextInput(attrs=attrs)
    return FieldPanel(f"{name}_{code}", heading=label if heading is None else heading, widget=widget)


def _two_a_row(fields: list[FieldPanel]) -> list[Panel]:
    return [FieldRowPanel(fields[start : start + 2]) for start in range(0, len(fields), 2)]


def text(name: str, heading, help_text: str = "", *, rows: int | None = None) -> Panel:
    """One text in every language, two side by side, so that what is missing is seen."""
    fields = [_said_in(name, code, label, rows) for code, label in settings.LANGUAGES]
    return TextsPanel(_two_a_row(fields), heading=heading, help_text=help_text)


def short_texts(name: str) -> list[Panel]:
    """The same inside an inline form, without a heading of its own."""
    return [
        TextsPanel(_two_a_row([_said_in(name, code, label, None, "") for code, label in settings.LANGUAGES]))
    ]


def phones() -> PartsPanel:
    return PartsPanel(
        "phones",
        heading=_("Phones"),
        label=_("phone"),
        panels=[
            FieldRowPanel([FieldPanel("number"), FieldPanel("type"), FieldPanel("visibility")]),
            *short_texts("description"),
        ],
    )


def schedules() -> list[Panel]:
    """Rows of hours, and all of them read back in words. How they repeat follows from the days (Schedule.clean)."""
    rows = PartsPanel(
        "schedules",
        heading=_("Opening hours"),
        label=_("opening time"),
        panels=[
            DaysPanel("byday", widget=DaysInput, help_text=_("No day ticked: every day.")),
            FieldRowPanel(
                [
                    FieldPanel("opens_at", widget=TimeInput),
                    FieldPanel("closes_at", widget=TimeInput),
                    FieldPanel("on_holidays"),
                ]
            ),
            FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
            FieldRowPanel([FieldPanel("yearly"), FieldPanel("closed")]),
        ],
    )
    return [rows, HoursInWords()]


def notices() -> PartsPanel:
    return PartsPanel(
        "notices",
        heading=_("Temporary notices"),
        label=_("notice"),
        panels=[
            FieldPanel("kind"),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            *short_texts("text"),
        ],
    )


def identifiers() -> PartsPanel:
    return PartsPanel(
        "external_identifiers",
        heading=_("Identifiers in other systems"),
        label=_("identifier"),
        panels=[FieldRowPanel([FieldPanel("scheme"), FieldPanel("identifier")])],
    )


def origin() -> MultiFieldPanel:
    return MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("source"), FieldPanel("source_date")]),
            FieldPanel("data_note"),
            FieldPanel("is_example"),
        ],
        heading=_("Where this comes from"),
    )


def _contacts() -> PartsPanel:
    return PartsPanel(
        "contacts",
        heading=_("Contacts"),
        label=_("contact"),
        panels=[
            FieldRowPanel([FieldPanel("name"), FieldPanel("visibility")]),
            FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
            *short_texts("title"),
        ],
    )


def service() -> TabbedInterface:
    what = [
        FieldPanel("steward", widget=forms.Select),
        text("name", _("Name")),
        FieldPanel("organization"),
        LooksLike(),
        text("alternate_name", _("Other names")),
        text(
            "summary",
            _("In one sentence"),
            _("Shown in the list of results; plain words, at most 200 characters."),
        ),
        text("description", _("Description"), rows=5),
        FieldPanel("organisation_type", widget=forms.Select),
        FieldPanel("needs", classname="needs-tree"),
    ]
    for_whom = [
        PartsPanel(
            "audiences",
            heading=_("Audiences"),
            label=_("audience"),
            help_text=_("None: everybody is welcome."),
            panels=[FieldRowPanel([FieldPanel("term", widget=forms.Select), FieldPanel("welcome")])],
        ),
        FieldRowPanel([FieldPanel("minimum_age"), FieldPanel("maximum_age")]),
        text("eligibility_description", _("Conditions, in words"), rows=3),
        FieldPanel("languages"),
    ]
    where_when = [
        FieldPanel("access_modes"),
        PartsPanel(
            "service_at_locations",
            heading=_("Places"),
            label=_("place"),
            panels=[
                FieldPanel("location"),
                *schedules(),
                phones(),
                notices(),
                *short_texts("description"),
            ],
        ),
        *schedules(),
        PartsPanel(
            "service_areas",
            heading=_("Areas served by phone, online or at home"),
            label=_("area"),
            panels=[FieldPanel("territory")],
        ),
        notices(),
    ]
    getting_in = [
        FieldPanel("access_steps"),
        FieldPanel("mobilisable_by"),
        text("application_process", _("How to get in, in words"), rows=3),
        PartsPanel(
            "required_documents",
            heading=_("Documents to bring"),
            label=_("document"),
            panels=short_texts("document"),
        ),
        phones(),
        FieldRowPanel([FieldPanel("email"), FieldPanel("website")]),
        _contacts(),
    ]
    cost = [
        PartsPanel(
            "cost_options",
            heading=_("Costs"),
            label=_("cost"),
            panels=[
                FieldRowPanel([FieldPanel("option"), FieldPanel("amount")]),
                *short_texts("amount_description"),
            ],
        ),
        text("fees_description", _("Costs, in words"), rows=3),
    ]
    state = [
        FieldPanel(REASON),
        FieldRowPanel([FieldPanel("lifecycle"), FieldPanel("visibility")]),
        FieldPanel("replaced_by"),
        FieldRowPanel([FieldPanel("capacity"), FieldPanel("capacity_updated_on")]),
        VerificationsPanel(heading=_("Verification")),
        FieldPanel("verify_every_days"),
        origin(),
        identifiers(),
        PublishingPanel(),  # drawn in the side panel: from when, until when
    ]
    return TabbedInterface(
        [
            ObjectList(what, heading=_("What")),
            ObjectList(for_whom, heading=_("For whom")),
            ObjectList(where_when, heading=_("Where and when")),
            ObjectList(getting_in, heading=_("How to get in")),
            ObjectList(cost, heading=_("Cost")),
            ObjectList(state, heading=_("State")),
        ],
        base_form_class=ServiceForm,
    )


def organization() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("steward", widget=forms.Select),
                    text("name", _("Name")),
                    text("alternate_name", _("Other names")),
                    FieldPanel("organisation_type", widget=forms.Select),
                    text("description", _("Description"), rows=4),
                    FieldPanel("parent_organization"),
                ],
                heading=_("What"),
            ),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("website"), FieldPanel("email")]),
                    FieldPanel("ask_by_email"),
                    phones(),
                    _contacts(),
                ],
                heading=_("Contact"),
            ),
            ObjectList([FieldPanel(REASON), origin(), identifiers(), PublishingPanel()], heading=_("State")),
        ],
        base_form_class=CatalogueForm,
    )


def location() -> TabbedInterface:
    return TabbedInterface(
        [
            ObjectList(
                [
                    FieldPanel("steward", widget=forms.Select),
                    text("name", _("Name of the place"), _("Only when it has one of its own.")),
                    text("street", _("Street")),
                    FieldRowPanel([FieldPanel("house_number"), FieldPanel("box"), FieldPanel("postcode")]),
                    FieldPanel("address_visibility"),
                    MultiFieldPanel(
                        [
                            FieldPanel("precision", widget=PointSelect),
                            FieldRowPanel([FieldPanel("lat"), FieldPanel("lon")]),
                        ],
                        heading=_("Point on the map"),
                    ),
                    text("transportation", _("How to get there")),
                    FieldPanel("accessibility"),
                ],
                heading=_("Place"),
            ),
            ObjectList(
                [
                    HelpPanel(content=_("Commune, neighbourhood and bassin follow the point at every save.")),
                    FieldPanel("commune"),
                    FieldPanel("neighbourhood", read_only=True),
                    FieldRowPanel([FieldPanel("bassin"), FieldPanel("bassin_status")]),
                    FieldPanel("bassin_by_hand"),
                ],
                heading=_("Territory"),
            ),
            ObjectList([FieldPanel(REASON), origin(), identifiers(), PublishingPanel()], heading=_("State")),
        ],
        base_form_class=CatalogueForm,
    )


def taxonomy_term() -> ObjectList:
    return ObjectList(
        [
            FieldRowPanel([FieldPanel("taxonomy"), FieldPanel("code")]),
            text("name", _("Name")),
            text("description", _("Description"), rows=2),
            FieldPanel("parent", widget=forms.Select),
            FieldPanel("icon"),
        ],
        base_form_class=TermForm,
    )


def rhythm() -> ObjectList:
    return ObjectList([FieldRowPanel([FieldPanel("kind", widget=forms.Select), FieldPanel("days")])])
