"""HTML in texts: one rule, at every door."""

import pytest
from django.core.exceptions import ValidationError

from services.models import Notice, RequiredDocument, Service
from services.texts import has_html
from services.transfer.csv_cells import CellRefused
from services.transfer.csv_columns import COLUMNS

from . import builders

HTML = [
    "<b>gras</b>",
    "<script>alert(1)</script>",
    "a <br> b",
    "</p>",
    "<!-- x -->",
    "<?php",
    "&lt;b&gt;",
    "&#60;img",
    "&#x3C;a",
]
PLAIN = ["a < b", "moins de 3 km (<3)", "x <- y", "R&D", "5 > 3", "Tom & Jerry", "", None, "« guillemets »"]


@pytest.mark.parametrize("text", HTML)
def test_html_is_refused_by_files_and_forms(text):
    assert has_html(text)
    with pytest.raises(CellRefused, match="HTML"):
        COLUMNS["description_fr"].read(text)
    for part, field in (
        (Service(name_fr="x", description_nl=text), "description_nl"),
        (Notice(text_fr=text), "text_fr"),
        (RequiredDocument(document_fr=text), "document_fr"),
    ):
        with pytest.raises(ValidationError) as error:
            part.clean()
        assert field in error.value.message_dict


@pytest.mark.parametrize("text", PLAIN)
def test_what_only_looks_like_it_is_text(text):
    assert not has_html(text)
    Service(name_fr="x", description_fr=text).clean()


@pytest.mark.django_db
def test_a_form_says_it_beside_the_field():
    made = builders.service("Épicerie")
    made.summary_fr = "<i>vite</i>"
    with pytest.raises(ValidationError) as error:
        made.full_clean(exclude=["organization"])
    assert "summary_fr" in error.value.message_dict
