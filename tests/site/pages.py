"""A page of the site as a test reads it: its links, its words, its language."""

from html.parser import HTMLParser

from django.test import Client

from services.models import Service

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Read(HTMLParser):
    """Collects elements with their attributes and their text, in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements: list[dict] = []
        self._open: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs) -> None:
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag) -> None:
        while self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data) -> None:
        for element in self._open:
            if element["tag"] not in ("html", "body"):
                element["text"] += data

    def all(self, tag: str | None = None, css: str | None = None, **attributes: str) -> list[dict]:
        """Elements with this tag, this class and these attributes (class and id by their whole words)."""
        return [
            element
            for element in self.elements
            if (tag is None or element["tag"] == tag)
            and (css is None or css in (element.get("class") or "").split())
            and all(element.get(name) == value for name, value in attributes.items())
        ]

    def one(self, tag: str | None = None, css: str | None = None, **attributes: str) -> dict:
        found = self.all(tag, css, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} {css} {attributes}"
        return found[0]

    @property
    def names(self) -> list[str]:
        """Names of the results, in order."""
        return [clean(link["text"]) for link in self.all("a") if "/services/" in (link.get("href") or "")]


def clean(text: str) -> str:
    return " ".join(text.split())


def read(client: Client, url: str, status: int = 200, **headers: str) -> Read:
    response = client.get(url, headers=headers)
    assert response.status_code == status, f"{url}: {response.status_code} {response.get('Location', '')}"
    return Read(response.content.decode())


def service(identifier: str) -> Service:
    """A listing of the fixtures by its identifier there."""
    return Service.objects.get(external_identifiers__identifier=identifier)


def listing(client: Client, identifier: str, lang: str = "fr") -> Read:
    """The page of a listing, following the one redirect to its canonical address."""
    response = client.get(f"/{lang}/services/{service(identifier).uuid}/", follow=True)
    assert response.status_code == 200
    return Read(response.content.decode())
