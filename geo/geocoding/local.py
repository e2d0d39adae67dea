"""The default geocoder: the directory's own gazetteer, offline."""

from geo import gazetteer
from geo.gazetteer import Place


class GazetteerGeocoder:
    """Knows communes, postcodes, localities and Brussels' streets; house numbers only to their street."""

    def geocode(self, text: str, lang: str = "fr") -> Place | None:
        places = gazetteer.lookup(text, lang)
        return places[0] if places else None
