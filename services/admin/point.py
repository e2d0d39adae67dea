"""The exactness of a place's point, with what finds the point: the address asked for, and a map to move it on."""

from django import forms
from django.conf import settings
from django.utils.translation import get_language


class PointSelect(forms.Select):
    """The choice of exactness; under it the tools that fill latitude, longitude and exactness of the same form."""

    template_name = "services/admin/point_select.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "tiles": settings.MAP_TILES_URL,
            "attribution": settings.MAP_TILES_ATTRIBUTION,
            "lang": get_language() or settings.LANGUAGE_CODE,
        }
        return context
