"""Errors as RFC 9457 problems: application/problem+json with type, title, detail and the parameter at fault."""

import json

from django.http import HttpResponse


def problem(status: int, kind: str, title: str, detail: str, parameter: str | None = None) -> HttpResponse:
    """`kind` becomes the type URI's last part; the URI is a name, not a page."""
    body = {"type": f"urn:problem:{kind}", "title": title, "detail": detail}
    if parameter is not None:
        body["parameter"] = parameter
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )
