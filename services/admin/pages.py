"""The catalogue's own pages in the menu "Directory", after its lists: address name, words, icon, permission."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from services import rights

FIRST = 1000  # after the lists of the group

PAGES = ((_("Hand-overs"), "handovers", "resubmit", "services.handover_service"),)


class PageItem(MenuItem):
    """Shown to whom the permission is given in some team."""

    def __init__(self, label, name: str, icon: str, permission: str, order: int):
        super().__init__(label, reverse_lazy(name), icon_name=icon, order=order)
        self.permission = permission

    def is_shown(self, request):
        return rights.holds_anywhere(request.user, self.permission)


def items() -> list[MenuItem]:
    return [PageItem(*page, order=FIRST + number) for number, page in enumerate(PAGES)]
