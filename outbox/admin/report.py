"""Messages under Reports: what became of each. To whom it went is never shown, nor even read from the database."""

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, Case, Q, Value, When
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.views.reports import ReportView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from outbox import actions, kinds
from outbox.errors import NotToBeResent
from outbox.models import Message, State
from outbox.reasons import in_words

MAY_READ, MAY_RESEND = "view", "change"


class MessageFilterSet(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(choices=kinds.known, label=_("Kind"))
    created_at = django_filters.DateFromToRangeFilter(label=_("Written"), widget=DateRangePickerWidget)

    class Meta:
        model = Message
        fields = ["state", "kind", "channel", "created_at"]


class ResendColumn(Column):
    cell_template_name = "outbox/resend_cell.html"

    def get_cell_context_data(self, instance, parent_context):
        context = super().get_cell_context_data(instance, parent_context)
        context["url"] = (
            reverse("outbox_messages:resend", args=[instance.uuid]) if instance.can_be_resent else None
        )
        return context


class MessagesView(ReportView):
    model = Message
    page_title = _("Messages")
    header_icon = "mail"
    index_url_name = "outbox_messages:index"
    index_results_url_name = "outbox_messages:results"
    filterset_class = MessageFilterSet
    permission_required = MAY_READ
    default_ordering = ("-created_at", "-id")
    list_export = [
        "uuid", "kind", "channel", "language", "state", "attempts", "last_error", "created_at", "sent_at",
        "given_up_at",
    ]  # fmt: skip
    export_filename = "messages"

    @cached_property
    def columns(self):
        columns = [
            Column(
                "kind", label=_("Kind"), accessor=lambda message: kinds.name_of(message.kind), sort_key="kind"
            ),
            Column("state", label=_("State"), accessor="get_state_display", sort_key="state"),
            Column("reason", label=_("Reason"), accessor=lambda message: in_words(message.last_error)),
            Column("attempts", label=_("Attempts"), sort_key="attempts"),
            Column(
                "channel", label=_("Channel"), accessor="get_channel_display", classname="w-whitespace-nowrap"
            ),
            DateColumn("created_at", label=_("Written"), sort_key="created_at"),
            DateColumn("sent_at", label=_("Sent"), sort_key="sent_at"),
        ]
        if self.user_has_permission(MAY_RESEND):
            columns.insert(2, ResendColumn("resend", label=""))
        return columns

    def get_base_queryset(self):
        can_be_resent = Case(
            When(Q(state=State.GIVEN_UP, recipient__isnull=False), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
        return Message.objects.defer("recipient", "subject", "body", "html").annotate(
            can_be_resent=can_be_resent
        )


class ResendView(WagtailAdminTemplateMixin, PermissionCheckedMixin, TemplateView):
    """Asks once, then queues. Whether it still can be sent is decided by the action, not by what the list showed."""

    model = Message
    page_title = _("Send again")
    header_icon = "mail"
    permission_required = MAY_RESEND
    template_name = "outbox/confirm_resend.html"

    @cached_property
    def message(self):
        return get_object_or_404(Message.objects.defer("recipient", "body", "html"), uuid=self.kwargs["uuid"])

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": reverse("outbox_messages:index"), "label": MessagesView.page_title},
            {"url": "", "label": self.page_title, "sublabel": kinds.name_of(self.message.kind)},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            message=self.message,
            kind=kinds.name_of(self.message.kind),
            list_url=reverse("outbox_messages:index"),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            raise PermissionDenied
        try:
            actions.resend(message=self.message, by=request.user)
        except NotToBeResent:
            messages.error(
                request,
                gettext(
                    "Nothing was sent: the message was not given up, or its recipient is no longer known."
                ),
            )
        else:
            messages.success(request, gettext("The message waits to be sent again."))
        return redirect("outbox_messages:index")


class MessagesViewSet(ViewSet):
    name = "outbox_messages"
    url_prefix = "reports/messages"
    icon = "mail"
    menu_label = _("Messages")
    menu_name = "outbox-messages"

    def get_urlpatterns(self):
        return [
            path("", self.construct_view(MessagesView), name="index"),
            path("results/", self.construct_view(MessagesView, results_only=True), name="results"),
            path("<uuid:uuid>/resend/", self.construct_view(ResendView), name="resend"),
        ]


class MessagesMenuItem(MenuItem):
    """In the menu of reports."""

    def __init__(self):
        super().__init__(
            _("Messages"),
            reverse("outbox_messages:index"),
            name="outbox-messages",
            icon_name="mail",
            order=1200,
        )

    def is_shown(self, request):
        return policy_registry.get_by_type(Message).user_has_permission(request.user, MAY_READ)
