"""Deleting what is still used: refused with a sentence, from one form or from the list.

Wagtail asks its reference index, which knows only what was saved through it; the database knows better.
"""

from django.contrib import messages
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views.snippets import DeleteView

from services.models import Location, Organization, Service, TaxonomyTerm

from .selection import ListingSelection

NAMED = 3  # how many of the users are named


def still_used(error: ProtectedError) -> str:
    users = sorted({str(getattr(user, "service", user)) for user in error.protected_objects})
    named = ", ".join(f"« {user} »" for user in users[:NAMED]) + (" …" if len(users) > NAMED else "")
    return _("Nothing was deleted: it is still used by %(users)s.") % {"users": named}


class ProtectedDeleteView(DeleteView):
    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError as error:
            messages.error(self.request, still_used(error))
            return redirect(self.get_success_url())


class ProtectedBulkDelete(ListingSelection, DeleteBulkAction):
    models = [Service, Organization, Location, TaxonomyTerm]

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError as error:
            messages.error(self.request, still_used(error))
            return redirect(self.next_url)
