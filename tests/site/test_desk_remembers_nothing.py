"""What an agent types during a call stays in no memory of the process: it may hold a name."""

import gc

import pytest
from django.conf import settings

from directory_site.addresses import languages
from directory_site.desk.screen import finding
from search import finder, vocabulary
from search.request import local_now, parse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_directory")]
PARTS = ("zwanz", "iger", "ova")  # put together when it is said: the whole word stands in no constant


def holders() -> list[str]:
    """The types of what holds the word; empty when it is forgotten."""
    word = "".join(PARTS)
    gc.collect()
    found = []
    for one in gc.get_objects():
        if type(one).__name__ == "frame":
            continue
        for text in gc.get_referents(one):
            if type(text) is str and word in text:
                found.append(type(one).__name__)
                break
    return sorted(found)


def heard_at_the_desk() -> None:
    heard = "".join(PARTS).title()
    finding.search(f"repas madame {heard}", {}, lang="fr", place="1080", professional=True)


def heard_in_public() -> None:
    asked = parse(
        {"q": ["repas madame " + "".join(PARTS).title()], "lang": ["fr"]},
        vocabulary=vocabulary.current(),
        languages=languages(),
        default_language=settings.LANGUAGE_CODE,
        now=local_now(),
    )
    finder.find(asked, strict=False)


def test_the_publics_search_remembers_words_and_the_desks_does_not():
    assert holders() == []
    heard_at_the_desk()
    assert holders() == []
    heard_in_public()
    assert holders(), "else this looks in the wrong place"
