"""Whether single keys do something: who dictates switches them off (WCAG 2.2, 2.1.4), for all their windows."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.actions import use_single_keys
from directory_site.desk.door import desk_view

from .views import BY_SCRIPT


@require_POST
@desk_view()
def keys(request: HttpRequest) -> HttpResponse:
    """`single`: "off", anything else is on; `next`: the page of the desk to go back to."""
    use_single_keys(request.user, on=request.POST.get("single") != "off")
    home, wanted = reverse("desk:screen"), request.POST.get("next", "")
    back = wanted if wanted.startswith(home) and url_has_allowed_host_and_scheme(wanted, None) else home
    return JsonResponse({"said": "", "go": back}) if BY_SCRIPT in request.headers else redirect(back)
