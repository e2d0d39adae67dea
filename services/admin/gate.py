"""The gate before every admin address of one catalogue object: what the user's roles in its team allow, and no more.

Wagtail's views ask whether the user may change *some* service; the gate asks about *this* one first. An address that
is not in the table is refused, so that a view Wagtail adds one day is closed until somebody has thought about it.
"""

from functools import wraps
from urllib.parse import unquote

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import URLPattern, reverse

from services import rights

# Address → what the user must be allowed to do with the object. "draft": read what is not published.
NEEDED = {
    "edit": "change",
    "delete": "delete",
    "usage": "draft",
    "history": "draft",
    "history_results": "draft",
    "copy": "view",
    "inspect": "view",
    "preview_on_edit": "change",
    "revisions_view": "draft",
    "revisions_revert": "change",
    "revisions_compare": "draft",
    "revisions_unschedule": "publish",
    "unpublish": "publish",
    "lock": "draft",  # Wagtail asks for the lock itself, or lets the reviewer of the task
    "unlock": "draft",
    "workflow_action": "draft",  # the task asks who reviews
    "collect_workflow_action_data": "draft",
    "confirm_workflow_cancellation": "draft",
    "workflow_history": "draft",
    "workflow_history_detail": "draft",
    "workflow_preview": "draft",
    "verify": "verify",
}


def allowed(user, needed: str, obj) -> bool:
    if needed == "draft":
        return rights.sees_draft(user, obj)
    return rights.may(user, needed, obj)


def gated(pattern: URLPattern, viewset) -> URLPattern:
    """The same address behind the gate, when it names an object by `pk`."""
    route = str(pattern.pattern)
    if "pk>" not in route:
        return pattern
    view, name, model = pattern.callback, pattern.name, viewset.model

    @wraps(view)
    def through(request, *args, **kwargs):
        obj = model.objects.filter(pk=_key(kwargs["pk"])).first()
        if obj is None or not rights.sees(request.user, obj):
            raise Http404
        needed = NEEDED.get(name)
        if needed is None or not allowed(request.user, needed, obj):
            if name == "edit" and request.method == "GET":
                return redirect(reverse(viewset.get_url_name("inspect"), args=[obj.pk]))
            raise PermissionDenied
        with rights.about(obj):
            answer = view(request, *args, **kwargs)
            if hasattr(answer, "render") and not getattr(answer, "is_rendered", True):
                answer.render()  # now: its buttons ask what may be done with this object
            return answer

    pattern.callback = through
    return pattern


def _key(text) -> int:
    """The primary key in an address; an address with anything else names nothing."""
    try:
        return int(unquote(str(text)))
    except ValueError:
        raise Http404 from None
