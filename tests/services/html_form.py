"""What a browser would send back of a page's edit form: every field as it is shown, unticked boxes left out."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self.inside = self.templates = 0
        self.area: str | None = None
        self.select: str | None = None
        self.first: str | None = None
        self.text = ""

    def handle_starttag(self, tag, attrs):
        at = dict(attrs)
        if tag == "template":
            self.templates += 1
        if tag == "form" and at.get("method", "").lower() == "post" and "data-edit-form" in at:
            self.inside = 1
        if not self.inside or self.templates:
            return
        name = at.get("name")
        if tag == "input" and name and at.get("type") not in ("submit", "button", "file"):
            if at.get("type") not in ("checkbox", "radio") or "checked" in at:
                self.values.setdefault(name, []).append(at.get("value") or "")
        elif tag == "textarea" and name:
            self.area, self.text = name, ""
        elif tag == "select" and name:
            self.select, self.first = name, None
        elif tag == "option" and self.select:
            self.first = at.get("value", "") if self.first is None else self.first
            if "selected" in at:
                self.values.setdefault(self.select, []).append(at.get("value", ""))

    def handle_data(self, data):
        if self.area:
            self.text += data

    def handle_endtag(self, tag):
        if tag == "template":
            self.templates -= 1
        elif tag == "form" and self.inside and not self.templates:
            self.inside = 0
        elif tag == "textarea" and self.area:
            # HTML drops one line break after the tag; browsers send CRLF.
            text = self.text.removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n")
            self.values.setdefault(self.area, []).append(text)
            self.area = None
        elif tag == "select" and self.select:
            if self.select not in self.values and self.first is not None:
                self.values[self.select] = [self.first]
            self.select = None


def form_values(page: str) -> dict[str, list[str]]:
    form = _Form()
    form.feed(page)
    assert form.values, "the page has no edit form"
    return form.values
