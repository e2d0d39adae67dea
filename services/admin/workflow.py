"""Review before publication: Wagtail's own workflow, with the reviewers of the team in charge as its one task."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from services.models import Location, Organization, Service, TeamReviewTask

NAME = "Relecture / Nalezing"


@transaction.atomic
def ensure_workflow() -> bool:
    """Attach the review to services, organisations and places that have no workflow; True when it was made now.

    What an administrator attached instead is kept.
    """
    types = ContentType.objects.get_for_models(Service, Organization, Location).values()
    without = [kind for kind in types if not WorkflowContentType.objects.filter(content_type=kind).exists()]
    if not without:
        return False
    workflow, created = Workflow.objects.get_or_create(name=NAME)
    if created:
        task = TeamReviewTask.objects.create(name=NAME)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for kind in without:
        WorkflowContentType.objects.create(content_type=kind, workflow=workflow)
    return True
