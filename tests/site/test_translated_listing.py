"""What the public is told about a translation: older than its original, by a machine, or not there at all."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.models import Notice
from services.rules import slug
from services.translating import following
from services.translating.actions import confirm, mark_reviewed, propose
from tests.services.builders import service
from tests.site.pages import Read, clean

pytestmark = pytest.mark.django_db


def made(**values):
    found = service(
        "Épicerie sociale", name_nl="Kruidenier", description_fr="De l'aide", description_nl="Hulp", **values
    )
    following.catch_up()
    return found


def changed(found, **values):
    for name, value in values.items():
        setattr(found, name, value)
    found.save_revision().publish()
    following.catch_up()


def page(client, found, lang: str = "nl") -> Read:
    answer = client.get(f"/{lang}/services/{found.uuid}/", follow=True)
    assert answer.status_code == 200
    return Read(answer.content.decode())


def note(read: Read) -> str:
    return " ".join(clean(one["text"]) for one in read.all("div", "translation-note"))


def test_an_older_translation_says_so_and_leads_to_the_original(client):
    found = made()
    assert not note(page(client, found))
    changed(found, description_fr="De l'aide le soir")
    read = page(client, found)
    assert note(read)
    [link] = [
        one
        for one in read.all("a", hreflang="fr")
        if "original" in one["text"].lower() or "origineel" in one["text"].lower()
    ]
    assert link["href"] == f"/fr/services/{found.uuid}/{slug('Épicerie sociale')}/"
    assert not note(page(client, found, "fr")), "the original itself says nothing"


def test_it_is_never_behind(client):
    """The page compares the texts themselves: also when the change was not followed yet."""
    found = made()
    found.description_fr = "De l'aide le soir"
    found.save()
    assert note(page(client, found))
    found.description_nl = "Hulp 's avonds"
    found.save()
    assert not note(page(client, found))


def test_parts_are_told_too(client, django_user_model):
    found = made()
    found.notices = [Notice(text_fr="Fermé", text_nl="Gesloten", starts_on="2026-01-01")]
    found.save()
    following.catch_up()
    part = found.notices.get()
    part.text_fr = "Fermé lundi"
    part.save()
    found.save()
    following.catch_up()
    assert note(page(client, found))


def test_confirmed_is_silent(client, django_user_model):
    found = made()
    changed(found, description_fr="De l'aide !")
    someone = django_user_model.objects.create_user("someone")
    confirm(service=found, language="nl", fields=["description"], by=someone)
    assert not note(page(client, found))


class Machine:
    def translate(self, texts, source, target):
        return [f"[{target}] {text}" for text in texts]


def test_a_machines_text_says_so_until_somebody_has_read_it(client):
    found = made()
    someone = get_user_model().objects.create_user("someone")
    propose(service=found, language="en", translator=Machine(), by=someone)
    assert "[en]" not in page(client, found, "en").html, "a proposal is not published"
    found.refresh_from_db()
    found.latest_revision.publish()
    read = page(client, found, "en")
    assert "[en] De l" in read.html
    assert "Translated automatically." in note(read)
    mark_reviewed(service=found, language="en", by=someone)
    assert not note(page(client, found, "en"))


def test_what_is_in_french_only_is_marked(client):
    found = made(summary_fr="Une aide pour tous")
    read = page(client, found, "nl")
    lead = read.one("p", "lead")
    assert lead["lang"] == "fr"
    assert len(read.all("p", "language-note")) == 1, "the sentence says in which language it is"


def test_it_costs_one_query_and_none_for_the_original(client):
    found = made()

    def queries(lang: str) -> int:
        url = client.get(f"/{lang}/services/{found.uuid}/")["Location"]
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            client.get(url)
        return len([one for one in caught if "services_listinglanguage" in one["sql"]])

    assert (queries("nl"), queries("fr")) == (1, 0)
