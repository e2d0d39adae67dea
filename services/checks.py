"""System checks of the catalogue: settings that name something must lead there."""

from django.core.checks import Error, register
from django.core.exceptions import ImproperlyConfigured

from .translating import machine


@register()
def machine_translation_is_there(app_configs, **kwargs):
    """services.E001: MACHINE_TRANSLATION, when it is set, names a machine that can be made from the settings."""
    if not machine.is_on():
        return []
    try:
        machine.translator()
    except ImproperlyConfigured as error:
        hint = "Name a class such as services.translating.libretranslate.LibreTranslate, or leave it empty."
        return [Error(str(error), hint=hint, id="services.E001")]
    return []
