"""Templates of services in the admin: kept from a service, listed with a way to begin from each, renamed and deleted."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import ListingButton
from wagtail.snippets.views import chooser, snippets

from services import rights
from services.models import Service, ServiceTemplate
from services.templating import save_template, templates_for

from .gate import gated


class TemplateIndexView(snippets.IndexView):
    add_url = None  # a template is kept from a service, not written from nothing

    def get_list_buttons(self, instance):
        begin = ListingButton(
            _("Begin a service"),
            url=f"{reverse(Service.snippet_viewset.get_url_name('add'))}?template={instance.pk}",
            icon_name="plus",
        )
        may_add = rights.holds_anywhere(self.request.user, "services.add_service")
        return [*([begin] if may_add else []), *super().get_list_buttons(instance)]


class TemplateCreateView(snippets.CreateView):
    def dispatch(self, request, *args, **kwargs):
        messages.info(request, _("Open a service, and keep it as a template from its menu."))
        return redirect(reverse(Service.snippet_viewset.get_url_name("list")))


class _Readable:
    """Choosers offer what the list shows."""

    def get_object_list(self):
        return templates_for(self.request.user)

    def get_object(self, pk):
        return templates_for(self.request.user).get(pk=pk)

    def get_objects(self, pks):
        return templates_for(self.request.user).filter(pk__in=pks)


class ChooseView(_Readable, chooser.ChooseView):
    pass


class ChooseResultsView(_Readable, chooser.ChooseResultsView):
    pass


class ChosenView(_Readable, chooser.SnippetChosenView):
    pass


class ChosenMultipleView(_Readable, chooser.SnippetChosenMultipleView):
    pass


class TemplateChooserViewSet(chooser.SnippetChooserViewSet):
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView


class ServiceTemplateViewSet(snippets.SnippetViewSet):
    model = ServiceTemplate
    icon = "snippet"
    menu_label = gettext_lazy("Templates")
    url_prefix = "catalogue/template"
    search_backend_name = None
    search_fields = ["name"]
    index_view_class = TemplateIndexView
    add_view_class = TemplateCreateView
    chooser_viewset_class = TemplateChooserViewSet
    list_display = [
        "name",
        Column("steward", label=gettext_lazy("Team")),
        DateColumn("made_at", label=gettext_lazy("Made on")),
    ]

    def get_queryset(self, request):
        return templates_for(request.user).select_related("steward").defer("content")

    def get_urlpatterns(self):
        return [gated(pattern, self) for pattern in super().get_urlpatterns()]

    def get_edit_handler(self):
        return ObjectList([FieldPanel("name")]).bind_to_model(self.model)


class NameForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the template"),
        max_length=120,
        help_text=gettext_lazy(
            "What similar services are called among you: “Social grocery”, “Medical centre”."
        ),
    )


class KeepAsTemplateView(WagtailAdminTemplateMixin, FormView):
    """Asks for a name, and keeps what the latest version of a service shares with similar ones."""

    form_class = NameForm
    template_name = "services/admin/keep_as_template.html"
    page_title = gettext_lazy("Keep as a template")
    header_icon = "snippet"

    def dispatch(self, request, *args, **kwargs):
        self.service = get_object_or_404(Service, pk=kwargs["pk"])
        if not rights.sees(request.user, self.service):
            raise Http404
        if not rights.holds(request.user, "services.add_servicetemplate", self.service):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        viewset = Service.snippet_viewset
        return [
            *self.breadcrumbs_items,
            {"url": reverse(viewset.get_url_name("list")), "label": viewset.menu_label},
            {"url": self._edit_url, "label": str(self.service)},
            {"url": "", "label": self.page_title},
        ]

    @property
    def _edit_url(self) -> str:
        return reverse(Service.snippet_viewset.get_url_name("edit"), args=[self.service.pk])

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"edit_url": self._edit_url}

    def form_valid(self, form):
        template = save_template(
            service=self.service.get_latest_revision_as_object(),
            name=form.cleaned_data["name"],
            by=self.request.user,
        )
        messages.success(self.request, _("The template “%(name)s” is kept.") % {"name": template.name})
        return redirect(reverse(ServiceTemplate.snippet_viewset.get_url_name("list")))


urls = [
    path("catalogue/service/<int:pk>/keep/", KeepAsTemplateView.as_view(), name="catalogue_keep_as_template")
]
