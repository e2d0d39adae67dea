"""Two versions side by side: parts of parts (the hours of a place) shown as words, which Wagtail leaves blank."""

import functools

from wagtail.admin.compare import ChildRelationComparison, TextDiff
from wagtail.admin.panels import InlinePanel

from services.models import Schedule

from .hours import sentences


def _words(part) -> str:
    """One part in a line; hours as people say them."""
    return "; ".join(sentences([part])) if isinstance(part, Schedule) else str(part)


class PartsComparison(ChildRelationComparison):
    def htmldiff(self):
        """Asked for only inside another part: what both have, what went, what came."""
        before = [_words(part) for part in self.val_a.all()]
        after = [_words(part) for part in self.val_b.all()]
        kept = [("equal", text) for text in after if text in before]
        gone = [("deletion", text) for text in before if text not in after]
        come = [("addition", text) for text in after if text not in before]
        return TextDiff([*kept, *gone, *come], separator="<br>").to_html()


class PartsPanel(InlinePanel):
    class BoundPanel(InlinePanel.BoundPanel):
        def get_comparison(self):
            [default] = super().get_comparison()
            return [functools.partial(PartsComparison, *default.args, **default.keywords)]
