"""Teams and who belongs to them, in the admin's settings. Users and groups keep Wagtail's own pages."""

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.admin.widgets.button import Button

from geo.models import Territory

from . import rights_page, sign_in_of
from .models import Membership, Team


class TeamForm(WagtailAdminModelForm):
    """A team works in bassins; a list of every commune and neighbourhood would hide them."""

    territories = forms.ModelMultipleChoiceField(
        queryset=Territory.objects.filter(kind="bassin"),
        required=False,
        label=_("Territories"),
        widget=forms.CheckboxSelectMultiple,
    )


class TeamViewSet(ModelViewSet):
    model = Team
    icon = "group"
    menu_label = _("Teams")
    url_prefix = "teams/team"
    list_display = ["name", "kind", Column("code", label=_("Code"), sort_key="code")]
    search_fields = ["name", "code"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("code"),
            FieldPanel("kind"),
            FieldRowPanel([FieldPanel("email"), FieldPanel("language")]),
            FieldPanel("territories"),
        ],
        base_form_class=TeamForm,
    )


class MembershipIndexView(IndexView):
    def get_base_queryset(self):
        return Membership.objects.select_related("user", "team").order_by("team__name", "user__username")


class MembershipViewSet(ModelViewSet):
    model = Membership
    icon = "user"
    menu_label = _("Members")
    url_prefix = "teams/member"
    index_view_class = MembershipIndexView
    list_display = [
        "user",
        Column("team", label=_("Team"), sort_key="team__name"),
        Column("get_role_display", label=_("Role"), sort_key="role"),
    ]
    list_filter = ["team", "role"]
    search_fields = ["user__username", "user__last_name", "user__email", "team__name"]
    panels = [FieldPanel("user"), FieldPanel("team"), FieldPanel("role")]


class TeamsGroup(ModelViewSetGroup):
    menu_label = _("Teams")
    menu_icon = "group"
    add_to_admin_menu = False
    add_to_settings_menu = True
    items = (TeamViewSet, MembershipViewSet)


@hooks.register("register_admin_viewset")
def teams():
    return TeamsGroup()


@hooks.register("register_admin_urls")
def rights_urls():
    return rights_page.urls()


@hooks.register("register_help_menu_item")
def rights_item():
    return MenuItem(_("Who may do what"), reverse("rights"), icon_name="group", order=900)


@hooks.register("register_admin_urls")
def sign_in_of_urls():
    return sign_in_of.urls()


@hooks.register("register_user_listing_buttons")
def sign_in_of_button(user, request_user):
    if sign_in_of.may_manage(request_user, user):
        yield Button(_("Sign-in"), reverse("sign_in_of", args=[user.pk]), icon_name="key", priority=40)


@hooks.register("register_account_menu_item")
def own_sign_in_item(request):
    return {
        "url": reverse("own_sign_in"),
        "label": _("Sign-in and second step"),
        "help_text": _("Your phone, your recovery codes, and signing out everywhere."),
    }
