"""Templates of services: what similar ones share is kept under a name, and a new one begins with it."""

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.selectors import teams_where
from audit import actions as audit

from .models import Service, ServiceTemplate

# Everything that is true of one service only stays out: names, organisation, places, phones and other contacts,
# identifiers, notices, state, verification, capacity and sources.
_TEXTS = ("summary", "description", "eligibility_description", "application_process", "fees_description")
KEPT = (
    *(f"{name}_{code}" for name in _TEXTS for code, _label in settings.LANGUAGES),
    "organisation_type",
    "needs",
    "minimum_age",
    "maximum_age",
    "languages",
    "access_modes",
    "access_steps",
    "mobilisable_by",
    "visibility",
)
KEPT_PARTS = ("audiences", "schedules", "cost_options", "required_documents", "service_areas")
_OF_ONE_PART = ("pk", "uuid", "service")


def content_of(service: Service) -> dict:
    """The fields and parts that a template keeps, as JSON can hold them."""
    data = service.serializable_data()
    content = {name: data[name] for name in KEPT}
    for name in KEPT_PARTS:
        content[name] = [
            {key: value for key, value in part.items() if key not in _OF_ONE_PART} for part in data[name]
        ]
    return content


def service_from(template: ServiceTemplate) -> Service:
    """A new, unsaved service with the template's content. A term or a territory that is gone is left out."""
    content = dict(template.content)
    for name in KEPT_PARTS:
        content[name] = [{"pk": None, **part} for part in content.get(name, [])]
    return Service.from_serializable_data({"pk": None, **content})


def templates_for(user) -> QuerySet:
    """The templates of the user's teams, and those that are for every team."""
    teams = teams_where(user, "services.view_servicetemplate")
    found = ServiceTemplate.objects.all()
    return found if teams is None else found.filter(Q(steward=None) | Q(steward__in=teams))


@transaction.atomic
def save_template(*, service: Service, name: str, by) -> ServiceTemplate:
    """Keep what `service` (as it is in memory) has in common with similar ones, for the team in charge of it."""
    template = ServiceTemplate.objects.create(
        name=name.strip(), content=content_of(service), made_by=by, steward=service.steward
    )
    audit.record(
        action="service_template.created",
        object_kind="service_template",
        object_id=template.uuid,
        detail={"service": str(service.uuid)},
    )
    return template
