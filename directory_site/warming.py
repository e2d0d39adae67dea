"""What a web worker does before its first visitor: the site's addresses in every language, then what a search needs."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from search import warming


def warm_up() -> None:
    """The first address that is written makes Django import every view and Wagtail build the forms of its admin.

    That takes a second or more, and once more a part of it for each language, of which the addresses are made.
    """
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            reverse("desk:screen")
    warming.warm_up()  # last: what was read until then is kept out of the collector
