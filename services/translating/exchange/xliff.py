"""XLIFF 1.2 (OASIS, 2008), which every translation tool reads: a <file> a listing, a <trans-unit> a text.

`original` names the listing, and a unit's `id` is "key@fingerprint of the source": tools keep both. Files are read by
defusedxml's SAX parser: no DTD, no entities, nothing fetched; what is wrong is named with its line.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from xml.etree import ElementTree as ET  # only to write
from xml.sax import SAXException, handler  # the parser is defusedxml's
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml import sax as safe
from django.utils.translation import gettext as _

from services.errors import FileRefused

from .. import states
from .parcel import MOST_TEXTS, Returned, Text, at_line, one_language, too_many_texts

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
ORIGINAL = "service/"
# XLIFF's own words for our states.
TARGET_STATES = {
    states.MISSING: "needs-translation",
    states.STALE: "needs-adaptation",
    states.MACHINE: "needs-review-translation",
    states.TO_REVIEW: "needs-review-translation",
    states.COMPLETE: "final",
}
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def write(texts: Iterable[Text], language: str) -> bytes:
    """The file, UTF-8."""
    root = ET.Element("xliff", {"xmlns": NAMESPACE, "version": "1.2"})
    for uuid, listing in groupby(texts, key=lambda text: text.uuid):
        body = None
        for text in listing:
            if body is None:
                file = ET.SubElement(
                    root,
                    "file",
                    {
                        "original": f"{ORIGINAL}{uuid}",
                        "source-language": text.source_language,
                        "target-language": language,
                        "datatype": "plaintext",
                    },
                )
                header = ET.SubElement(file, "header")
                ET.SubElement(header, "note").text = _xml(text.listing)
                body = ET.SubElement(file, "body")
            _unit(body, text)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def _xml(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _unit(body: ET.Element, text: Text) -> None:
    named = {"id": f"{text.key}@{text.source_hash}", "resname": text.key, "xml:space": "preserve"}
    if text.longest:
        named |= {"maxwidth": str(text.longest), "size-unit": "char"}
    unit = ET.SubElement(body, "trans-unit", named)
    ET.SubElement(unit, "source").text = _xml(text.source)
    target = ET.SubElement(unit, "target", {"state": TARGET_STATES[text.state]})
    target.text = _xml(text.target)
    ET.SubElement(unit, "note").text = text.note


def read(content: bytes) -> tuple[str, list[Returned]]:
    """(target language, the texts). Raises FileRefused."""
    found = _Reader()
    try:
        safe.parseString(content, found, forbid_dtd=True)
    except DefusedXmlException:
        raise FileRefused(_("it has a document type or entities (DTD), which are not taken")) from None
    except SAXException as error:
        line = getattr(error, "getLineNumber", lambda: None)() or 1
        raise FileRefused(_("line %(line)d: the XML is broken") % {"line": line}) from None
    except (ValueError, LookupError):
        raise FileRefused(_("its encoding is not known; save it as UTF-8")) from None
    one_language(found.languages)
    return next(iter(found.languages), ""), found.texts


class _Reader(handler.ContentHandler):
    """Takes the targets of trans-units; alternatives (alt-trans) and notes are others' business."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: set[str] = set()
        self.texts: list[Returned] = []
        self._path: list[str] = []
        self._uuid = self._id = ""
        self._line = 0
        self._target: list[str] = []
        self._marked = False

    def _refuse(self, reason: str) -> None:
        raise FileRefused(at_line(self._locator.getLineNumber(), reason))

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        local = name.rpartition(":")[2]
        if not self._path:
            if local != "xliff":
                self._refuse(_("this is no XLIFF"))
            if attrs.get("version", "") not in ("1.0", "1.1", "1.2"):
                version = attrs.get("version", "")[:20]
                self._refuse(_("XLIFF %(version)s is not read; save it as XLIFF 1.2") % {"version": version})
        if local == "file":
            self._uuid = attrs.get("original", "").strip().removeprefix(ORIGINAL)
            self.languages.add(attrs.get("target-language", "").strip().lower().partition("-")[0])
        elif local == "trans-unit":
            self._id, self._line = attrs.get("id", ""), self._locator.getLineNumber()
            self._target, self._marked = [], False
        elif "target" in self._path and self._inside():
            self._marked = True
        self._path.append(local)

    def _inside(self) -> bool:
        """Whether we are in the target of a unit itself."""
        place = self._path.index("target")
        return place > 0 and self._path[place - 1] == "trans-unit"

    def characters(self, content: str) -> None:
        if self._path[-1] == "target" and self._inside():
            self._target.append(content)

    def endElement(self, name: str) -> None:
        self._path.pop()
        if name.rpartition(":")[2] != "trans-unit":
            return
        if len(self.texts) >= MOST_TEXTS:
            self._refuse(too_many_texts())
        key, mark, source_hash = self._id.rpartition("@")
        broken = "markup" if self._marked else ""
        self.texts.append(
            Returned(
                self._line,
                self._uuid,
                key or self._id,
                source_hash if mark else "",
                "".join(self._target),
                broken,
            )
        )
