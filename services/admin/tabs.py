"""Which tab of a service's form holds a field, as the end of a link: "#tab-how_to_get_in"."""

from wagtail.admin.panels import Panel
from wagtail.coreutils import safe_snake_case

from . import panels


def anchor(field: str) -> str:
    """The tab's anchor in the active language; "" for a field that the form does not have."""
    for tab in panels.service().children:
        if _holds(tab, field):
            return f"#tab-{safe_snake_case(str(tab.heading))}"
    return ""


def _holds(panel: Panel, field: str) -> bool:
    names = (getattr(panel, "field_name", None), getattr(panel, "relation_name", None))
    return field in names or any(_holds(child, field) for child in getattr(panel, "children", ()))
