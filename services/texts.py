"""What may stand in a listing's texts: plain text. The one rule for every door, files and forms alike. Pure.

HTML is refused, not cleaned: what is cut out silently is missed later, and "a < b" or "<3" is no HTML.
"""

import re

# A tag, a closing tag, a comment, or an entity that hides one ("&lt;", "&#60;", "&#x3c;").
_HTML = re.compile(r"<[a-zA-Z/!?]|&(?:lt|#0*60|#x0*3c);?", re.IGNORECASE)


def has_html(text: str | None) -> bool:
    """Whether a text holds HTML, even escaped or unfinished."""
    return bool(text and _HTML.search(text))
