"""Two versions side by side: parts of parts (the hours of a place) shown as words, which Wagtail leaves blank."""

import functools

from django.db import models
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from wagtail.admin.compare import (
    ChildRelationComparison,
    FieldComparison,
    M2MFieldComparison,
    TextDiff,
    register_comparison_class,
)
from wagtail.admin.panels import InlinePanel, get_form_for_model

from services.fields import CodeListField
from services.models import Schedule

from .drafts import DraftForm, PartsFormSet
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
    """An inline panel whose rows may be empty or half typed in a draft, and which compares rows in words."""

    def get_form_options(self):
        options = super().get_form_options()
        wanted = options["formsets"][self.relation_name]
        deferred = getattr(getattr(wanted.get("form"), "_meta", None), "defer_required_on_fields", [])
        wanted["form"] = get_form_for_model(
            self.db_field.related_model, form_class=DraftForm, defer_required_on_fields=deferred
        )
        wanted["formset"] = PartsFormSet
        return options

    class BoundPanel(InlinePanel.BoundPanel):
        def get_comparison(self):
            [default] = super().get_comparison()
            return [functools.partial(PartsComparison, *default.args, **default.keywords)]


class CodesComparison(M2MFieldComparison):
    """A list of codes, as the words the public reads."""

    def get_items(self):
        return list(self.val_a or []), list(self.val_b or [])

    def get_item_display(self, item):
        return str(dict(self.field.codes.choices).get(item, item))

    def has_changed(self):
        return self.val_a != self.val_b


class YesNoComparison(FieldComparison):
    def htmldiff(self):
        words = {True: _("yes"), False: _("no"), None: ""}
        if self.val_a == self.val_b:
            return escape(words[self.val_a])
        return TextDiff(
            [("deletion", words[self.val_a]), ("addition", words[self.val_b])], separator=" "
        ).to_html()


class DateComparison(FieldComparison):
    def htmldiff(self):
        before, after = (date_format(day) if day else "" for day in (self.val_a, self.val_b))
        if before == after:
            return escape(after)
        return TextDiff([part for part in (("deletion", before), ("addition", after)) if part[1]]).to_html()


def register() -> None:
    """Called once by the app's ready(): how Wagtail compares what our models hold."""
    register_comparison_class(CodeListField, comparison_class=CodesComparison)
    register_comparison_class(models.BooleanField, comparison_class=YesNoComparison)
    register_comparison_class(models.DateField, comparison_class=DateComparison, exact_class=True)
