"""Which fields of the territories have a column per language."""

from modeltranslation.translator import TranslationOptions, register

from .models import Territory


@register(Territory)
class TerritoryTranslation(TranslationOptions):
    fields = ("name",)
