"""The connection to the server: who we are, how long we wait, and its errors as our own."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import orjson
from elastic_transport import SerializationError, TransportError
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.exceptions import UnsupportedProductError
from elasticsearch.serializer import OrjsonSerializer

from search.engine import EngineError, EngineUnavailable, IndexMissing

log = logging.getLogger(__name__)

NOT_FOUND, CONFLICT, TOO_MANY_REQUESTS = 404, 409, 429
# What our answers come as; the client's own reader of JSON takes several times longer for a page of cards.
JSON = "application/vnd.elasticsearch+json"


class Json(OrjsonSerializer):
    mimetype = JSON

    def loads(self, data: bytes):
        try:
            return orjson.loads(data)
        except ValueError as error:
            raise SerializationError("the server's answer is not JSON", errors=(error,)) from None


@dataclass(frozen=True)
class Access:
    """How to reach the server.

    `url`: http(s)://host:port, several separated by commas for the nodes of a cluster. One of `api_key` (as the server
    gives it, base64) or `user` and `password`, or neither. `ca_file`: certificate authority of an https server that
    the system does not know. `timeout_seconds`: for connecting and for each answer to a search.
    """

    url: str
    prefix: str = "social-health-directory"
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_seconds: float = 1.0

    @property
    def hosts(self) -> list[str]:
        return [url.strip() for url in self.url.split(",") if url.strip()]

    def client_arguments(self) -> dict:
        """What the client is made with. Raises ValueError naming the setting that is wrong."""
        if not self.hosts:
            raise ValueError("SEARCH_URL names no server")
        for host in self.hosts:
            if not host.startswith(("http://", "https://")):
                raise ValueError("SEARCH_URL must begin with http:// or https://")
        if self.api_key and self.user:
            raise ValueError("SEARCH_API_KEY and SEARCH_USER are both set: choose one")
        if bool(self.user) != bool(self.password):
            raise ValueError("SEARCH_USER and SEARCH_PASSWORD belong together: one of them is missing")
        arguments: dict = {
            "hosts": self.hosts,
            "request_timeout": self.timeout_seconds,
            # Another node is tried when one refuses the connection; nothing is asked twice of one that is slow.
            "max_retries": len(self.hosts) - 1,
            "retry_on_timeout": False,
            "retry_on_status": (),
            "serializers": {JSON: Json()},
        }
        if self.api_key:
            arguments["api_key"] = self.api_key
        if self.user:
            arguments["basic_auth"] = (self.user, self.password)
        if self.ca_file:
            if not Path(self.ca_file).is_file():
                raise ValueError("SEARCH_CA_FILE names no file")
            if not all(host.startswith("https://") for host in self.hosts):
                raise ValueError("SEARCH_CA_FILE is only for https:// servers")
            arguments["ca_certs"] = self.ca_file
        return arguments


def connect(access: Access) -> Elasticsearch:
    return Elasticsearch(**access.client_arguments())


@contextmanager
def speaking() -> Iterator[None]:
    """Raises our errors instead of the client's. The server's own words go to the log only, and never a query's."""
    try:
        yield
    except ApiError as error:
        status, kind = error.meta.status, error.error
        if status == NOT_FOUND:
            raise index_missing() from error
        if status >= 500 or status == TOO_MANY_REQUESTS:
            log.warning("the search server answers %s (%s)", status, kind)
            raise EngineUnavailable("the search server has no answer now") from error
        if status in (401, 403):
            log.error("the search server refuses our key or user (%s)", status)
            raise EngineUnavailable("the search server refuses the directory's key or user") from error
        log.error("the search server refuses a request: %s (%s)", status, kind)
        raise EngineError("the search server refused the request") from error
    except UnsupportedProductError as error:
        raise EngineUnavailable("what answers at SEARCH_URL is no Elasticsearch") from error
    except TransportError as error:
        log.warning("the search server does not answer: %s", type(error).__name__)
        raise EngineUnavailable("the search server does not answer") from error


def index_missing() -> IndexMissing:
    return IndexMissing("no search index of this version on the server: run `manage.py search_rebuild`")


def check_written(answer: dict) -> None:
    """Raises when a bulk's answer refuses something for another reason than that it is late or already gone."""
    if not answer["errors"]:
        return
    for item in answer["items"]:
        for result in item.values():
            status = result["status"]
            if status == TOO_MANY_REQUESTS or status >= 500:
                raise EngineUnavailable("the search server takes no edits now")
            if status >= 400 and status not in (NOT_FOUND, CONFLICT):
                log.error("the search server refuses a listing: %s", result.get("error", {}).get("type"))
                raise EngineError("the search server refused a listing")
