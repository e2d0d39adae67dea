"""System checks: each gateway that is set can be made."""

from django.conf import settings
from django.core.checks import Error, register

from .gateways import for_channel
from .models import Channel


@register()
def every_gateway_can_be_made(app_configs, **kwargs):
    found = []
    for channel, path in settings.OUTBOX_GATEWAYS.items():
        if channel not in Channel.values:
            found.append(
                Error(
                    f"OUTBOX_GATEWAYS: there is no channel {channel!r}.",
                    hint=f"Channels are {', '.join(Channel.values)}.",
                    id="outbox.E001",
                )
            )
            continue
        try:
            works = callable(getattr(for_channel(channel), "send", None))
        except (ImportError, TypeError):
            works = False
        if not works:
            found.append(
                Error(
                    f"OUTBOX_GATEWAYS: {path!r} is no gateway.",
                    hint="Name a class without constructor arguments that has send(letter); see outbox.gateways.",
                    id="outbox.E002",
                )
            )
    return found
