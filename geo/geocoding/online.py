"""Nominatim and Photon, through geopy, with our places and our errors. Both speak of OpenStreetMap's data."""

from collections.abc import Mapping
from typing import Any, ClassVar

from geopy import exc, geocoders
from geopy.adapters import AdapterHTTPError, URLLibAdapter

from geo.gazetteer import Place
from geo.shapes import commune_index

from .errors import (
    GeocoderMisconfigured,
    GeocoderQuotaExceeded,
    GeocoderRefused,
    GeocoderUnavailable,
    GeocodingError,
)

TIMEOUT_SECONDS = 5.0
# Both programs ask their users to say who they are.
USER_AGENT = "social-health-directory"
LONGEST_QUESTION = 300
BAD_GATEWAY = 502
# (south, west), (north, east) of Belgium, degrees
BELGIUM = ((49.49, 2.54), (51.51, 6.41))
RADIUS_M = {"address": 100, "street": 300, "postcode": 2000, "locality": 2000, "commune": 5000}


class OnlineGeocoder:
    """What Nominatim and Photon have in common; a program says how to ask it and how exact an answer is."""

    LANGUAGES: ClassVar[frozenset[str]]

    def __init__(self, *, scheme: str, domain: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._client = self._make_client(
            scheme=scheme,
            domain=domain,
            timeout=timeout,
            user_agent=USER_AGENT,
            # geopy's other adapter retries by itself and sleeps as long as a 429's Retry-After says.
            adapter_factory=URLLibAdapter,
        )

    def geocode(self, text: str, lang: str = "fr") -> Place | None:
        text = " ".join(text.split())[:LONGEST_QUESTION]
        if not text:
            return None
        try:
            location = self._ask(text, lang if lang in self.LANGUAGES else None)
            if location is None:
                return None
            lat, lon = float(location.latitude), float(location.longitude)
            (nis5,) = commune_index().locate([lat], [lon])
            if nis5 is None:  # the next Valenciennes is not ours
                return None
            return self._place(text, lang, lat, lon, nis5, self._details(location.raw))
        except (exc.GeocoderQuotaExceeded, exc.GeocoderRateLimited) as error:
            raise GeocoderQuotaExceeded(str(error), getattr(error, "retry_after", None)) from error
        except (exc.GeocoderTimedOut, exc.GeocoderUnavailable) as error:
            raise GeocoderUnavailable(str(error)) from error
        except (exc.GeocoderAuthenticationFailure, exc.GeocoderInsufficientPrivileges) as error:
            raise GeocoderRefused(str(error)) from error
        except (exc.ConfigurationError, exc.GeocoderQueryError) as error:
            raise GeocoderMisconfigured(str(error)) from error
        except exc.GeopyError as error:
            if _is_unreachable(error.__cause__ or error.__context__):
                raise GeocoderUnavailable(str(error)) from error
            raise GeocodingError(str(error)) from error
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise GeocodingError(f"the answer has an unknown form ({error!r})") from error

    def _place(
        self, text: str, lang: str, lat: float, lon: float, nis5: str, details: Mapping[str, str]
    ) -> Place:
        precision = details["precision"]
        kind = {"address": "address", "street": "street", "postcode": "postcode"}.get(precision, "locality")
        return Place(
            kind="commune" if precision == "commune" else kind,
            code=nis5,
            names={lang: details["name"] or text},
            lat=lat,
            lon=lon,
            radius_m=RADIUS_M[precision],
            nis5s=(nis5,),
            precision=precision,
            postcode=details["postcode"],
            house_number=details["house_number"],
        )

    def _make_client(self, **options: Any) -> Any:
        raise NotImplementedError

    def _ask(self, text: str, lang: str | None) -> Any:
        raise NotImplementedError

    def _details(self, raw: Mapping[str, Any]) -> dict[str, str]:
        """name, postcode, house_number and precision of the program's own answer."""
        raise NotImplementedError


def _is_unreachable(cause: BaseException | None) -> bool:
    """What geopy calls a service error like any other: nobody answers, or a gateway whose server does not."""
    if isinstance(cause, AdapterHTTPError):
        return cause.status_code == BAD_GATEWAY
    return isinstance(cause, OSError)


class NominatimGeocoder(OnlineGeocoder):
    LANGUAGES = frozenset({"fr", "nl", "en", "de"})

    def _make_client(self, **options: Any) -> geocoders.Nominatim:
        return geocoders.Nominatim(**options)

    def _ask(self, text: str, lang: str | None) -> Any:
        return self._client.geocode(text, language=lang or False, country_codes="be", addressdetails=True)

    def _details(self, raw: Mapping[str, Any]) -> dict[str, str]:
        address = raw["address"]
        number = address.get("house_number", "")
        if number:
            precision = "address"
        elif "road" in address:
            precision = "street"
        elif raw.get("addresstype", raw.get("type")) == "postcode":
            precision = "postcode"
        elif raw.get("addresstype") in ("municipality", "city"):
            precision = "commune"
        else:
            precision = "locality"
        places = ("road", "suburb", "village", "town", "city", "municipality")
        name = next((address[part] for part in places if part in address), raw.get("display_name", ""))
        return {
            "name": name,
            "postcode": address.get("postcode", ""),
            "house_number": number,
            "precision": precision,
        }


class PhotonGeocoder(OnlineGeocoder):
    LANGUAGES = frozenset({"fr", "en", "de"})  # what a Photon server knows unless built for more

    def _make_client(self, **options: Any) -> geocoders.Photon:
        return geocoders.Photon(**options)

    def _ask(self, text: str, lang: str | None) -> Any:
        return self._client.geocode(text, language=lang or False, bbox=BELGIUM)

    def _details(self, raw: Mapping[str, Any]) -> dict[str, str]:
        found = raw["properties"]
        number = found.get("housenumber", "")
        kind = found.get("type", "")
        precision = "address" if number or kind == "house" else "street" if kind == "street" else "locality"
        if found.get("osm_value") == "postcode":
            precision = "postcode"
        elif kind == "city":
            precision = "commune"
        return {
            "name": found.get("street") or found.get("name", ""),
            "postcode": found.get("postcode", ""),
            "house_number": number,
            "precision": precision,
        }
