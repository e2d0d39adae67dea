"""Wagtail pages of the public site; a tree per language (Wagtail's own i18n with simple_translation)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from .work_models import PeriodicRun, Visits, WorkerBeat  # noqa: F401  (Django finds models here)


class HomePage(Page):
    """The first page of a language: one sentence, the search, the needs."""

    lead = models.CharField(_("one sentence under the name"), max_length=200, blank=True)
    body = RichTextField(
        _("text below the search"), blank=True, features=["bold", "italic", "link", "ul", "ol", "h3"]
    )

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    template = "directory_site/home.html"
    max_count_per_parent = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request, *args, **kwargs):
        from .views import home_context

        return {**super().get_context(request, *args, **kwargs), **home_context(request)}
