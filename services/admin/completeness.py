"""How complete a listing is, beside its form: what lacks in words, each a link to where it is filled in. Editors only."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.side_panels import BaseSidePanel

from services.care import completeness, facts
from services.care.words import LACKS

from .tabs import anchor


class CompletenessSidePanel(BaseSidePanel):
    """Counts the version that is being edited, as it was last saved."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        aria_label = _("Toggle completeness")
        icon_name = "tasks"

        def get_context_data(self, parent_context):
            return super().get_context_data(parent_context) | {"count": len(self.panel.lacking)}

    name = "completeness"
    title = _("Completeness")
    template_name = "services/admin/completeness.html"
    order = 250

    def __init__(self, object, request):
        super().__init__(object, request)
        self.lacking = completeness.lacking(facts.of_service(object))

    def get_context_data(self, parent_context):
        return super().get_context_data(parent_context) | {
            "score": completeness.score(self.lacking),
            "lacks": [
                (LACKS[code], completeness.BY_CODE[code].weight, anchor(completeness.BY_CODE[code].field))
                for code in self.lacking
            ],
        }
