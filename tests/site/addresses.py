"""Every address of the site as the URL resolver has them, and paths made of their routes."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.urls import URLResolver, get_resolver

PARAMETER = re.compile(
    r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\(\?P<(?P<group>\w+)>(?:[^()]|\([^()]*\))*\)|\((?P<bare>(?:[^()]|\([^()]*\))*)\)"
)


class Address(NamedTuple):
    """`kinds`: the converter (or "re") of each named parameter."""

    route: str
    name: str
    view: Callable

    @property
    def kinds(self) -> dict[str, str]:
        found = PARAMETER.finditer(self.route)
        return {
            (match["name"] or match["group"] or ""): match["kind"] or ("str" if match["name"] else "re")
            for match in found
        }

    def path(self, values: Mapping[str, str]) -> str:
        """With these values; a part without a name is empty. KeyError: there is none for a parameter."""

        def value(match: re.Match[str]) -> str:
            return "" if match["bare"] is not None else values[match["name"] or match["group"]]

        return "/" + re.sub(r"[\\^$]|\.\*", "", PARAMETER.sub(value, self.route))


def every_address() -> list[Address]:
    """The site's, in French where they have a language; names with their namespaces ("desk:person")."""
    found: list[Address] = []

    def walk(resolver, prefix: str, spaces: tuple[str, ...]) -> None:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
                walk(pattern, route, inner)
            else:
                found.append(Address(route, ":".join((*spaces, pattern.name or "")), pattern.callback))

    walk(get_resolver(), "", ())
    return found
