"""The page "who may do what": the table of roles and rights in words, and who holds which role where."""

from django.db.models import Prefetch
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from .models import Membership, Team
from .roles import RIGHTS, ROLES
from .selectors import holds_everywhere, roles_by_team


class RightsView(WagtailAdminTemplateMixin, TemplateView):
    """For everybody who works here; names of members only to members of the same team and to administrators."""

    page_title = _("Who may do what")
    header_icon = "group"
    template_name = "accounts/admin/rights.html"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs):
        user = self.request.user
        members = Membership.objects.select_related("user").order_by("role", "user__username")
        teams = Team.objects.prefetch_related(
            Prefetch("memberships", queryset=members, to_attr="members"), "territories"
        )
        if not holds_everywhere(user, "accounts.view_membership"):
            teams = teams.filter(pk__in=roles_by_team(user).keys())
        return super().get_context_data(**kwargs) | {
            "roles": ROLES,
            "rows": [(right.words, [right.code in role.rights for role in ROLES]) for right in RIGHTS],
            "teams": teams,
        }


def urls() -> list:
    return [path("rights/", RightsView.as_view(), name="rights")]
