"""The page that translates one listing: the original left, the translation right, then the next listing."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button

from services import rights
from services.models import Service
from services.rules import is_listed
from services.translating import following, selectors
from services.translating.actions import confirm, mark_reviewed, write_texts
from services.translating.errors import ChangedMeanwhile, TranslationRefused
from services.translating.texts import tidy

from .board import Allowed, chosen, named_language, url
from .fields import Field, Sheet, sheet
from .words import why


class TranslateView(Allowed, WagtailAdminTemplateMixin, View):
    template_name = "services/admin/translations/translate.html"
    header_icon = "globe"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.query = request.GET.urlencode()

    @cached_property
    def service(self) -> Service:
        """One of the user's own teams; 404 for any other, whether it exists or not."""
        own = rights.within(Service.objects.all(), self.request.user, selectors.PERMISSION)
        found = own.filter(pk=self.kwargs["pk"]).select_related("latest_revision__user").first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def may_publish(self) -> bool:
        return self.service.live and rights.may(self.request.user, "publish", self.service)

    def get_page_title(self):
        return _("Translate: %(language)s") % {"language": self.language_name}

    def get_page_subtitle(self):
        return str(self.service)

    def crumbs(self):
        return [
            {"url": self._board(), "label": self.language_name},
            {"url": "", "label": str(self.service)},
        ]

    @property
    def header_more_buttons(self):
        service = self.service
        edit = reverse("wagtailsnippets_services_service:edit", args=[service.pk])
        buttons = [Button(_("Open the form"), url=edit, icon_name="edit", priority=10)]
        if is_listed(live=service.live, lifecycle=service.lifecycle):
            page = reverse("listing", kwargs={"uuid": service.uuid})
            buttons.append(Button(_("See the public page"), url=page, icon_name="view", priority=20))
        return buttons

    def get(self, request, language, pk):
        service = self.service
        following.catch_up()
        return self._page(self._sheet(service))

    def _sheet(self, service: Service) -> Sheet:
        found = sheet(service, self.language, selectors.row_of(service, self.language))
        if found is None:  # written in this language: nothing to translate
            raise Http404
        return found

    def _page(self, found: Sheet, status: int = 200):
        context = self.get_context_data(
            sheet=found,
            language_name=self.language_name,
            source_name=named_language(found.source),
            may_publish=self.may_publish,
            next_pk=self._next(),
            board_url=self._board(),
            action_url=self.request.get_full_path(),
        )
        return self.render_to_response(context, status=status)

    def _board(self) -> str:
        return url("board", self.language) + (f"?{self.query}" if self.query else "")

    def _next(self) -> int | None:
        """The listing after this one on the board that the reader came from."""
        row = selectors.row_of(self.service, self.language)
        return selectors.next_on_board(chosen(self.request, self.language), row, [self.service.pk])

    def post(self, request, language, pk):
        found = self._sheet(self.service)
        publish = self.may_publish and "action-draft" not in request.POST
        wanted, right = self._filled(found, publish)
        following_pk = self._next()
        try:
            with transaction.atomic():
                written = write_texts(
                    service=self.service,
                    language=self.language,
                    texts=wanted,
                    origin="human",
                    by=request.user,
                    publish=publish,
                    expected_revision=self._revision(),
                )
                confirmed = confirm(
                    service=self.service,
                    language=self.language,
                    fields=[field.key for field in right if not field.waits],
                    by=request.user,
                    seen={field.key: request.POST.get(f"hash-{field.key}", "") for field in right},
                )
                if not publish:
                    waiting = [field.key for field in right if field.waits]
                    if waiting:
                        mark_reviewed(
                            service=self.service, language=self.language, fields=waiting, by=request.user
                        )
        except TranslationRefused as error:
            return self._refused(found, error)
        self._tell(len(written.published), len(written.drafted), len(confirmed))
        if "action-stay" in request.POST:
            return redirect(request.get_full_path())
        if following_pk is None:
            messages.info(request, _("That was the last one of this list."))
            return redirect(self._board())
        target = url("translate", self.language, following_pk)
        return redirect(f"{target}?{self.query}" if self.query else target)

    def _revision(self) -> int | None:
        """The version that the page was made from. What is no number names none that ever was."""
        text = self.request.POST.get("revision", "")
        return int(text) if text.isdecimal() and len(text) < 19 else None if not text else 0

    def _filled(self, found: Sheet, publish: bool) -> tuple[dict[str, str], list[Field]]:
        """(what was written, the fields that are still right); puts what was sent into the sheet."""
        wanted, right = {}, []
        for field in found.fields:
            sent = self.request.POST.get(f"text-{field.key}")
            if sent is None:
                continue
            before, field.target = field.target, tidy(sent)
            field.ticked = field.key in self.request.POST.getlist("right")
            if field.target != tidy(before) or (publish and field.target != tidy(field.live)):
                wanted[field.key] = field.target
            elif field.ticked and field.confirmable:
                right.append(field)
        return wanted, right

    def _refused(self, found: Sheet, error: TranslationRefused):
        """Back to the page with everything that was typed; what somebody else saved meanwhile is shown beside it."""
        if isinstance(error, ChangedMeanwhile):
            typed = {field.key: field.target for field in found.fields}
            found = self._sheet(Service.objects.get(pk=self.service.pk))
            for field in found.fields:
                now = field.target
                field.target = typed.get(field.key, now)
                if field.target != now and now:
                    field.error = _("A colleague wrote: %(text)s") % {"text": now}
        for field in found.fields:
            if field.key == error.key:
                field.error = why(error.code)
        messages.error(self.request, why(error.code))
        return self._page(found, status=200)

    def _tell(self, published: int, drafted: int, confirmed: int) -> None:
        said = []
        if published:
            said.append(
                ngettext("%(count)d text published.", "%(count)d texts published.", published)
                % {"count": published}
            )
        if drafted:
            said.append(
                ngettext("%(count)d text waits in a draft.", "%(count)d texts wait in a draft.", drafted)
                % {"count": drafted}
            )
        if confirmed:
            said.append(
                ngettext("%(count)d text confirmed.", "%(count)d texts confirmed.", confirmed)
                % {"count": confirmed}
            )
        name = str(self.service)
        if said:
            messages.success(self.request, f"{name}: {' '.join(said)}")
        else:
            messages.info(self.request, _("%(name)s: nothing was changed.") % {"name": name})
