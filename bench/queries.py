"""The searches that are measured: words people use, with and without filters, place and radius; the same each time."""

from dataclasses import dataclass
from random import Random

from services.generate.material import material
from services.models import TaxonomyTerm

LENGTHS = ((1, 35), (2, 40), (3, 25))  # (words, how many in a hundred)


@dataclass(frozen=True)
class Asked:
    words: str
    lang: str
    near: tuple[float, float] | None
    radius_km: float | None
    filters: dict[str, list[str]]

    def parameters(self) -> dict[str, list[str]]:
        """As the API takes them."""
        found = {"q": [self.words], "lang": [self.lang], **self.filters}
        if self.near is not None:
            found["near"] = [f"{self.near[0]:.5f},{self.near[1]:.5f}"]
        if self.radius_km is not None:
            found["radius_km"] = [str(self.radius_km)]
        return found


def asked(count: int, seed: int = 7) -> list[Asked]:
    """`count` searches: two in three in French, the others in Dutch."""
    random = Random(seed)  # noqa: S311 (nothing secret)
    needs = list(
        TaxonomyTerm.objects.filter(taxonomy="need").order_by("pk").values("code", "name_fr", "name_nl")
    )
    words = {language: _words(language) for language in ("fr", "nl")}
    found = []
    for _number in range(count):
        lang = "fr" if random.random() < 2 / 3 else "nl"
        length = random.choices(
            [length for length, _share in LENGTHS], [share for _length, share in LENGTHS]
        )[0]
        # Half of them name a need, as people do; the others are any words of the listings.
        name = random.choice(needs)[f"name_{lang}"] or ""
        text = name if random.random() < 0.5 else " ".join(random.sample(words[lang], length))
        near = (random.gauss(50.845, 0.03), random.gauss(4.355, 0.04)) if random.random() < 0.6 else None
        filters: dict[str, list[str]] = {}
        if random.random() < 0.3:
            filters["need"] = [random.choice(needs)["code"] for _ in range(random.choice((1, 3)))]
        if random.random() < 0.2:
            filters["language"] = [random.choice(("nl", "ar", "en"))]
        if random.random() < 0.15:
            filters["cost"] = ["free"]
        if random.random() < 0.15:
            filters["open"] = ["2026-11-24T10:30"]
        radius = random.choice((2.0, 5.0, 10.0)) if near and random.random() < 0.5 else None
        found.append(Asked(" ".join(text.replace(",", " ").split()[:3]), lang, near, radius, filters))
    return found


def _words(language: str) -> list[str]:
    """Words of five letters or more that stand in the fixtures' sentences, commoner ones more often."""
    sentences = material().sentences[language]
    return [
        word
        for sentence in sentences
        for word in sentence.strip(".!?").split()
        if len(word) > 4 and word.isalpha()
    ]
