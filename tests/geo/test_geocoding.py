"""Geocoders: one contract that each inherits, and our errors for what goes wrong behind them."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from geo.checks import check_geocoder_url
from geo.gazetteer import Place
from geo.geocoding import (
    GazetteerGeocoder,
    GeocoderMisconfigured,
    GeocoderQuotaExceeded,
    GeocoderRefused,
    GeocoderUnavailable,
    GeocodingError,
    NominatimGeocoder,
    PhotonGeocoder,
    get_geocoder,
    split_geocoder_url,
)


class Server:
    """A geocoder's HTTP side on this machine: answers what the test told it and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body, self.headers, self.delay = 200, b"[]", {}, 0.0
        self.asked: list[dict] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                server.asked.append({"path": url.path, "agent": self.headers["User-Agent"], **query})
                time.sleep(server.delay)
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(server.body)))
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *_args) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:  # the client has not waited
                    self.close_connection = True

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.domain = f"127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def answer(self, value) -> None:
        self.body = json.dumps(value).encode()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.close()


class GeocoderContract:
    """What callers rely on, whichever geocoder runs. A subclass gives `geocoder` and arranges what it finds."""

    @pytest.fixture
    def known(self, geocoder) -> None:
        """Makes "Rue de la Loi 16, 1000 Bruxelles" known."""

    @pytest.fixture
    def unknown(self, geocoder) -> None:
        """Makes nothing known."""

    @pytest.mark.usefixtures("known")
    def test_an_address_has_a_point_in_its_commune(self, geocoder):
        place = geocoder.geocode("Rue de la Loi 16, 1000 Bruxelles", "fr")
        assert isinstance(place, Place)
        assert (place.lat, place.lon) == (pytest.approx(50.8435, abs=0.01), pytest.approx(4.375, abs=0.02))
        assert place.nis5s == ("21004",)
        assert place.kind == "address"
        assert place.house_number == "16"
        assert place.postcode == "1000"
        assert place.precision in ("address", "street")
        assert place.name("fr") == "Rue de la Loi"
        assert place.radius_m > 0

    @pytest.mark.usefixtures("unknown")
    @pytest.mark.parametrize("text", ["Nulle part du tout 999", "", "   ", "\x00\n", "x" * 10_000])
    def test_what_is_unknown_is_none_and_no_error(self, geocoder, text):
        assert geocoder.geocode(text, "fr") is None

    @pytest.mark.usefixtures("known")
    @pytest.mark.parametrize("lang", ["fr", "nl", "en", "de"])
    def test_every_language_of_the_site_may_ask(self, geocoder, lang):
        assert geocoder.geocode("Rue de la Loi 16, 1000 Bruxelles", lang).nis5s == ("21004",)


class TestGazetteerGeocoder(GeocoderContract):
    @pytest.fixture
    def geocoder(self, places, monkeypatch):
        monkeypatch.setattr("geo.gazetteer.loading._current", places)
        return GazetteerGeocoder()

    def test_it_knows_no_house_and_says_so(self, geocoder):
        assert geocoder.geocode("Rue de la Loi 16, 1000 Bruxelles", "fr").precision == "street"
        assert geocoder.geocode("Rue Haute 16, 1000 Bruxelles", "fr").precision == "postcode"


class OnlineContract(GeocoderContract):
    """What a geocoder behind HTTP promises besides."""

    EMPTY: object
    PARIS: object

    @pytest.fixture
    def unknown(self, geocoder, server):
        server.answer(self.EMPTY)

    def test_a_place_abroad_is_none(self, geocoder, server):
        server.answer(self.PARIS)
        assert geocoder.geocode("Tour Eiffel", "fr") is None

    @pytest.mark.usefixtures("known")
    def test_it_says_who_asks(self, geocoder, server):
        geocoder.geocode("Rue de la Loi 16", "fr")
        assert server.asked[0]["agent"] == "social-health-directory"
        assert server.asked[0]["q"] == "Rue de la Loi 16"

    def test_nothing_is_asked_for_an_empty_text(self, geocoder, server):
        assert geocoder.geocode("  \n ", "fr") is None
        assert server.asked == []

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (401, GeocoderRefused),
            (403, GeocoderRefused),
            (400, GeocoderMisconfigured),
            (429, GeocoderQuotaExceeded),
            (500, GeocodingError),
            (502, GeocoderUnavailable),
            (503, GeocoderUnavailable),
            (504, GeocoderUnavailable),
        ],
    )
    def test_a_status_is_our_error(self, geocoder, server, status, error):
        server.status = status
        with pytest.raises(error) as caught:
            geocoder.geocode("Rue de la Loi 16", "fr")
        assert isinstance(caught.value, GeocodingError)

    def test_the_time_to_wait_is_handed_on(self, geocoder, server):
        server.status, server.headers = 429, {"Retry-After": "30"}
        with pytest.raises(GeocoderQuotaExceeded) as caught:
            geocoder.geocode("Rue de la Loi 16", "fr")
        assert caught.value.retry_after == 30

    @pytest.mark.parametrize(
        "body", [b"<html>", b"", b"null", b"3", b'{"a": 1}', b'[{"lat": "x"}]', b'{"features": [{}]}']
    )
    def test_an_answer_that_makes_no_sense_is_our_error_or_nothing(self, geocoder, server, body):
        server.body = body
        answer = None
        with contextlib.suppress(GeocodingError):
            answer = geocoder.geocode("Rue de la Loi 16", "fr")
        assert answer is None

    def test_a_slow_server_is_not_waited_for(self, geocoder, server):
        server.delay = 1.5
        started = time.monotonic()
        with pytest.raises(GeocoderUnavailable):
            geocoder.geocode("Rue de la Loi 16", "fr")
        assert time.monotonic() - started < 1.4

    def test_a_server_that_is_gone_is_unavailable(self, geocoder, server):
        server.http.server_close()
        with pytest.raises(GeocoderUnavailable):
            geocoder.geocode("Rue de la Loi 16", "fr")


class TestNominatimGeocoder(OnlineContract):
    EMPTY = []
    PARIS = [{"lat": "48.8584", "lon": "2.2945", "display_name": "Tour Eiffel", "address": {}}]

    @pytest.fixture
    def geocoder(self, server):
        return NominatimGeocoder(scheme="http", domain=server.domain, timeout=0.5)

    @staticmethod
    def found(**address) -> list:
        return [
            {
                "lat": "50.8442",
                "lon": "4.3673",
                "display_name": "…",
                "address": {"city": "Bruxelles", **address},
            }
        ]

    @pytest.fixture
    def known(self, geocoder, server):
        server.answer(self.found(house_number="16", road="Rue de la Loi", postcode="1000"))

    @pytest.mark.usefixtures("known")
    def test_it_asks_within_belgium_in_the_language(self, geocoder, server):
        geocoder.geocode("Wetstraat 16", "nl")
        asked = server.asked[0]
        assert (asked["countrycodes"], asked["accept-language"], asked["path"]) == ("be", "nl", "/search")

    @pytest.mark.parametrize(
        ("address", "extra", "precision", "kind"),
        [
            ({"house_number": "16", "road": "Rue de la Loi"}, {}, "address", "address"),
            ({"road": "Rue de la Loi"}, {}, "street", "street"),
            ({"postcode": "1000"}, {"addresstype": "postcode"}, "postcode", "postcode"),
            ({}, {"addresstype": "municipality"}, "commune", "commune"),
            ({"suburb": "Laeken"}, {"addresstype": "suburb"}, "locality", "locality"),
        ],
    )
    def test_precision_is_that_of_the_answer(self, geocoder, server, address, extra, precision, kind):
        server.answer([self.found(**address)[0] | extra])
        place = geocoder.geocode("…", "fr")
        assert (place.precision, place.kind) == (precision, kind)


class TestPhotonGeocoder(OnlineContract):
    EMPTY = {"features": []}

    @staticmethod
    def found(lon=4.3673, lat=50.8442, **properties) -> dict:
        return {"features": [{"geometry": {"coordinates": [lon, lat]}, "properties": properties}]}

    PARIS = {
        "features": [{"geometry": {"coordinates": [2.2945, 48.8584]}, "properties": {"name": "Tour Eiffel"}}]
    }

    @pytest.fixture
    def geocoder(self, server):
        return PhotonGeocoder(scheme="http", domain=server.domain, timeout=0.5)

    @pytest.fixture
    def known(self, geocoder, server):
        server.answer(self.found(street="Rue de la Loi", housenumber="16", postcode="1000", type="house"))

    @pytest.mark.usefixtures("known")
    def test_it_asks_in_languages_the_server_knows_only(self, geocoder, server):
        geocoder.geocode("Wetstraat 16", "nl")
        geocoder.geocode("Rue de la Loi 16", "fr")
        assert "lang" not in server.asked[0]
        assert server.asked[1]["lang"] == "fr"

    @pytest.mark.parametrize(
        ("properties", "precision"),
        [
            ({"name": "Rue de la Loi", "type": "street"}, "street"),
            ({"name": "Laeken", "type": "district"}, "locality"),
            ({"name": "Bruxelles", "type": "city"}, "commune"),
            ({"name": "1000", "osm_value": "postcode"}, "postcode"),
        ],
    )
    def test_precision_is_that_of_the_answer(self, geocoder, server, properties, precision):
        server.answer(self.found(**properties))
        assert geocoder.geocode("…", "fr").precision == precision


def test_the_setting_chooses(settings):
    settings.GEOCODER_URL = ""
    assert isinstance(get_geocoder(), GazetteerGeocoder)
    settings.GEOCODER_URL = "photon+http://localhost:2322"
    assert isinstance(get_geocoder(), PhotonGeocoder)
    assert isinstance(get_geocoder("nominatim+https://nominatim.example/path"), NominatimGeocoder)


def test_a_url_is_taken_apart():
    assert split_geocoder_url("nominatim+https://maps.example:8443/nominatim/") == (
        "nominatim",
        "https",
        "maps.example:8443/nominatim",
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://host",
        "google+https://host",
        "nominatim+ftp://host",
        "nominatim+https://",
        "photon+http://h/?q=1",
        "?",
    ],
)
def test_a_wrong_url_is_named_by_the_check_and_by_the_error(settings, url):
    settings.GEOCODER_URL = url
    (message,) = check_geocoder_url()
    assert message.id == "geo.E001"
    with pytest.raises(GeocoderMisconfigured):
        get_geocoder()


def test_the_check_is_content_with_a_good_url_or_none(settings):
    for url in ("", "photon+https://photon.example"):
        settings.GEOCODER_URL = url
        assert check_geocoder_url() == []
