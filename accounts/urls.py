"""Addresses of the second step and of one's own sign-in; under /admin/, before Wagtail's own."""

from django.urls import path
from wagtail.admin.views.account import LogoutView

from . import pages

urlpatterns = [
    path("login/", pages.SignIn.as_view(), name="wagtailadmin_login"),
    path("second-step/", pages.second_step, name="second_step"),
    path("second-step/recovery/", pages.recovery, name="second_step_recovery"),
    path("second-step/set-up/", pages.set_up, name="second_factor_set_up"),
    path("sign-in/", pages.own, name="own_sign_in"),
    path("sign-in/new-codes/", pages.new_codes, name="second_factor_new_codes"),
    path("sign-in/remove/", pages.remove, name="second_factor_remove"),
    path("sign-in/sign-out-everywhere/", pages.sign_out_everywhere, name="sign_out_everywhere"),
    # Wagtail's own needs the right to use the admin, which agents of the desk may not have.
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
]
