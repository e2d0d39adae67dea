"""What became of one orientation, on a page of its own: late, of nobody known, or after the machine had let it go."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from directory_site.desk.persons.reading import recorded
from referrals import access, details, selectors, states
from referrals.actions import recording
from referrals.codes import AccessAction, Barrier, FollowUpKind, Outcome, Reason, State
from referrals.errors import BadValue, Closed, IllegalMove, Outdated
from referrals.models import Orientation

from .forms import DateForm

_REASONS = states.PERSON_REASONS | states.SERVICE_REASONS


class OutcomeForm(forms.Form):
    """Only where it may go from its state is offered."""

    to = forms.ChoiceField(label=_("What happened?"), widget=forms.RadioSelect)
    outcome = forms.ChoiceField(
        label=_("What the person says of it"), required=False, choices=[("", "—"), *Outcome.choices]
    )
    reason = forms.ChoiceField(
        label=_("Why did it not work out?"),
        required=False,
        choices=[("", "—"), *((code, label) for code, label in Reason.choices if code in _REASONS)],
    )
    barriers = forms.MultipleChoiceField(
        label=_("What stood in the way"),
        choices=Barrier.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    on = forms.DateField(
        label=_("When was that? (empty: today)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, orientation: Orientation, **kwargs):
        kwargs.setdefault("initial", {"version": orientation.version})
        super().__init__(*args, **kwargs)
        self._offer(orientation)

    def _offer(self, orientation: Orientation) -> None:
        names = dict(State.choices)
        following = states.reachable(orientation.state, states.AGENT)
        self.fields["to"].choices = [(code, names[code]) for code in following]

    def look_again(self, orientation: Orientation) -> None:
        """What was typed stays, now about the orientation as it is."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(orientation.version)
        self._offer(orientation)

    def clean(self):
        values = super().clean()
        to = values.get("to")
        if to in states.REASON_REQUIRED and not values.get("reason"):
            self.add_error("reason", _("Say why: it is what the authorities learn from."))
        if to == states.COMPLETED and values.get("outcome") not in states.COMPLETED_OUTCOMES:
            self.add_error("outcome", _("Say how it helped."))
        return values


def _found(request: HttpRequest, uuid) -> Orientation:
    rows = selectors.orientations(request.user).exclude(state=states.ENTERED_IN_ERROR)
    found = rows.select_related("person", "need__term", "call", "service").filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found


@recorded(selectors.USE)
@require_http_methods(["GET", "HEAD", "POST"])
def orientation(request: HttpRequest, uuid) -> HttpResponse:
    """422 with what was typed when it is refused."""
    found = _found(request, uuid)
    sent = request.method == "POST"
    form = OutcomeForm(request.POST if sent else None, orientation=found)
    if sent and form.is_valid():
        if _conclude(request, found, form):
            messages.success(request, gettext("Recorded."))
            return redirect("desk:orientation", uuid=found.uuid)
        found = _found(request, uuid)
        form.look_again(found)
    access.note(
        action=AccessAction.VIEW,
        kind="orientation",
        uuid=found.person.uuid if found.person else found.uuid,
        team=found.team_id,
    )
    expiry = selectors.pending(found.follow_ups.filter(kind=FollowUpKind.EXPIRY)).first()
    context = {
        "one": found,
        "expiry": expiry,
        "date_form": DateForm(follow_up=expiry) if expiry else None,
        "name": details.named(found.snapshot["name"], get_language() or "fr"),
        "events": found.events.select_related("by"),
        "form": form,
    }
    return render(request, "directory_site/desk/orientation.html", context, status=422 if sent else 200)


def _conclude(request: HttpRequest, found: Orientation, form: OutcomeForm) -> bool:
    values = form.cleaned_data
    try:
        recording.conclude(
            orientation=found,
            to=values["to"],
            by=request.user,
            version=values["version"],
            reason=values["reason"] if values["to"] != states.COMPLETED else "",
            outcome=values["outcome"],
            barriers=values["barriers"],
            at=recording.moment(values["on"], found.created_at),
        )
    except BadValue as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field, gettext("This is not possible: look at the date and at the answer."))
    except IllegalMove as refusal:
        field = refusal.field if refusal.field in form.fields else "to"
        form.add_error(field, gettext("This is not possible: look at the date and at the answer."))
    except Outdated:
        form.add_error(
            None, gettext("Somebody else has written here meanwhile. Look again before you record it.")
        )
    except Closed:
        raise Http404 from None
    return not form.errors
