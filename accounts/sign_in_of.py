"""An administrator's page about how somebody signs in: unlock them, reset their second factor, sign them out."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from . import second_factor, second_factor_actions, sign_in
from .models import User

PERMISSION = "accounts.change_user"


def may_manage(by: User, user: User) -> bool:
    """Of others only (one's own has pages that ask for the password), and of a superuser only as one."""
    return by.has_perm(PERMISSION) and by.pk != user.pk and (by.is_superuser or not user.is_superuser)


class SignInOfView(WagtailAdminTemplateMixin, TemplateView):
    page_title = gettext_lazy("Sign-in")
    header_icon = "key"
    template_name = "accounts/admin/sign_in_of.html"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not may_manage(request.user, self.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def user(self) -> User:
        return get_object_or_404(User.objects.select_related("authenticator"), pk=self.kwargs["pk"])

    def get_page_subtitle(self):
        return self.user.get_username()

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title, "sublabel": str(self.user)}]

    def get_context_data(self, **kwargs):
        authenticator = second_factor.authenticator_of(self.user)
        return super().get_context_data(**kwargs) | {
            "whose": self.user,
            "authenticator": authenticator,
            "codes_left": authenticator.recovery_codes.count() if authenticator else 0,
            "needed": second_factor.needed(self.user),
            "locked": sign_in.is_locked_out(self.user)
            or bool(authenticator and second_factor_actions.is_locked(authenticator)),
        }

    def post(self, request, *args, **kwargs):
        if "unlock" in request.POST:
            sign_in.unlock(user=self.user)
            second_factor_actions.unlock(user=self.user)
            said = _("%(name)s may try to sign in again.")
        elif "reset" in request.POST:
            second_factor_actions.reset(user=self.user, by=request.user)
            said = _(
                "%(name)s has no second step any more, is signed out, and sets it up again at the next sign-in."
            )
        elif "sign_out" in request.POST:
            second_factor_actions.sign_out_everywhere(user=self.user)
            said = _("%(name)s is signed out everywhere.")
        else:
            return redirect("sign_in_of", self.user.pk)
        messages.success(request, said % {"name": self.user.get_username()})
        return redirect("sign_in_of", self.user.pk)


def urls() -> list:
    return [path("sign-in-of/<int:pk>/", SignInOfView.as_view(), name="sign_in_of")]
