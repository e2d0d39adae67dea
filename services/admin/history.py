"""When and how a listing was verified, to read on its form; it is written by the verification screen, not typed."""

from django.urls import reverse
from wagtail.admin.panels import Panel

from services import rights
from services.verification import selectors


class VerificationsPanel(Panel):
    class BoundPanel(Panel.BoundPanel):
        template_name = "services/admin/verifications.html"

        def is_shown(self):
            return self.instance is not None and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            service = self.instance
            may = rights.holds(self.request.user, selectors.PERMISSION, service)
            return super().get_context_data(parent_context) | {
                "service": service,
                "history": selectors.history(service),
                "verify_url": reverse("wagtailsnippets_services_service:verify", args=[service.pk])
                if may
                else "",
            }
