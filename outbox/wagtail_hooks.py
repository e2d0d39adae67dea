"""Registers the outbox's report in the Wagtail admin."""

from django.contrib.auth.models import Permission
from wagtail import hooks

from .admin.report import MessagesMenuItem, MessagesViewSet


@hooks.register("register_admin_viewset")
def messages():
    return MessagesViewSet()


@hooks.register("register_reports_menu_item")
def messages_menu_item():
    return MessagesMenuItem()


@hooks.register("register_permissions")
def who_may_read_and_resend():
    return Permission.objects.filter(
        content_type__app_label="outbox", codename__in=("view_message", "change_message")
    )
