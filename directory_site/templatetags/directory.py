"""Template tags of the site: icons from the sprite, and addresses of a search."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..presenters.facets import Option
from ..query import Query

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """A drawing of the sprite static/icons.svg, for the eye only: words always stand beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, static("icons.svg"), name
    )


_CHECKED = mark_safe(" checked")


@register.simple_tag
def checkbox(facet: str, option: Option) -> SafeString:
    """One choice of a facet. A tag rather than a template: a page has hundreds."""
    return format_html(
        '<label class="option"><input type="checkbox" id="{}-{}" name="{}" value="{}" form="search-form"{}>'
        '<span class="option-label">{}</span> <span class="option-count">{}</span></label>',
        facet,
        option.code,
        facet,
        option.code,
        _CHECKED if option.chosen else "",
        option.label,
        option.count,
    )


@register.simple_tag
def search_url(**parameters: str) -> str:
    """The results page with these parameters, e.g. {% search_url need="food" %}."""
    return Query(tuple((name, value) for name, value in parameters.items() if value)).url()


@register.inclusion_tag("includes/said.html")
def said(text, note: bool = True) -> dict:
    """A catalogue text with its language marked when it is not the page's."""
    return {"text": text, "note": note}
