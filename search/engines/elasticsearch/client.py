"""The connection to the server: who we are, how long we wait, and its errors as our own."""

import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import orjson
import urllib3
from elastic_transport import (
    ConnectionError,
    ConnectionTimeout,
    SerializationError,
    TlsError,
    TransportError,
    Urllib3HttpNode,
)
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch
from elasticsearch.exceptions import UnsupportedProductError
from elasticsearch.serializer import OrjsonSerializer
from urllib3.exceptions import ConnectTimeoutError

from search.engine import EngineError, EngineUnavailable, IndexMissing
from search.engines import deadline

log = logging.getLogger(__name__)
# It tells each retry with a stack, every few seconds of an outage. Which node failed is told by its node_pool.
logging.getLogger("elastic_transport.transport").setLevel(logging.ERROR)

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, CONFLICT, TOO_MANY_REQUESTS = 401, 403, 404, 409, 429
# To reach a node, for a caller who waits: a machine that is switched off refuses nothing, it only stays silent.
CONNECT_SECONDS = 0.3
API_KEY = re.compile(r"[A-Za-z0-9+/_=-]+")
# What our answers come as; the client's own reader of JSON takes several times longer for a page of cards.
JSON = "application/vnd.elasticsearch+json"


class Json(OrjsonSerializer):
    mimetype = JSON

    def loads(self, data: bytes):
        try:
            return orjson.loads(data)
        except ValueError as error:
            raise SerializationError("the server's answer is not JSON", errors=(error,)) from None


class Node(Urllib3HttpNode):
    """A node that is waited for no longer than the caller waits (`deadline`), and stepped over when it is silent."""

    def perform_request(self, method, target, body=None, headers=None, request_timeout=DEFAULT):
        seconds = self.config.request_timeout if request_timeout is DEFAULT else request_timeout
        connecting = seconds
        if (left := deadline.left()) is not None:
            if left <= 0:
                raise TransportError("the caller waits no longer")
            seconds = left if seconds is None else min(left, seconds)
            connecting = min(seconds, CONNECT_SECONDS)
        timeout = urllib3.Timeout(connect=connecting, read=seconds)
        try:
            return super().perform_request(method, target, body, headers, timeout)
        except ConnectionTimeout as error:
            if any(isinstance(cause, ConnectTimeoutError) for cause in error.errors):
                # Nothing was asked of it yet, so another node may be: the client does that for this kind of error only.
                raise ConnectionError("the node does not take connections", errors=error.errors) from error
            raise


@dataclass(frozen=True)
class Access:
    """How to reach the server.

    `url`: http(s)://host:port, several separated by commas for the nodes of a cluster, asked in turn. One of `api_key`
    (as the server gives it, base64) or `user` and `password`, or neither. `ca_file`: certificate authority of an https
    server that the system does not know. `timeout_seconds`: for each answer to a search. `replicas`: copies of the
    index on other nodes, a number; "": one as soon as there is a second node to hold it.
    """

    url: str
    prefix: str = "social-health-directory"
    api_key: str = field(default="", repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    timeout_seconds: float = 0.6
    replicas: str = ""

    @property
    def hosts(self) -> list[str]:
        return [url.strip() for url in self.url.split(",") if url.strip()]

    def client_arguments(self) -> dict:
        """What the client is made with. Raises ValueError naming the setting that is wrong."""
        for host in self.hosts or [""]:
            _check_url(host)
        if self.api_key and self.user:
            raise ValueError("SEARCH_API_KEY and SEARCH_USER are both set: choose one")
        if bool(self.user) != bool(self.password):
            raise ValueError("SEARCH_USER and SEARCH_PASSWORD belong together: one of them is missing")
        if self.api_key and not API_KEY.fullmatch(
            self.api_key
        ):  # it would be told by the error of a bad header
            raise ValueError(
                "SEARCH_API_KEY is not what the server gives as “encoded”: base64, without spaces or line ends"
            )
        if ":" in self.user:
            raise ValueError("SEARCH_USER holds a colon")
        if self.replicas and not (self.replicas.isascii() and self.replicas.isdigit()):
            raise ValueError("SEARCH_REPLICAS must be a number, or empty")
        arguments: dict = {
            "hosts": self.hosts,
            "node_class": Node,
            "request_timeout": self.timeout_seconds,
            # Another node (a single one: once more) is tried when a connection is refused or breaks; all we write may
            # be written twice. Nothing is asked twice of a node that is slow.
            "max_retries": max(1, len(self.hosts) - 1),
            "retry_on_timeout": False,
            "retry_on_status": (),
            "serializers": {JSON: Json()},
        }
        if self.api_key:
            arguments["api_key"] = self.api_key
        if self.user:
            arguments["basic_auth"] = (self.user, self.password)
        if self.ca_file:
            if not all(host.startswith("https://") for host in self.hosts):
                raise ValueError("SEARCH_CA_FILE is only for https:// servers")
            _check_authority(self.ca_file)
            arguments["ca_certs"] = self.ca_file
        return arguments


def _check_url(url: str) -> None:
    """Raises ValueError; never with the URL in it, which may hold a password."""
    if not url:
        raise ValueError("SEARCH_URL names no server")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("SEARCH_URL has a port or a host that cannot be read") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError("SEARCH_URL must begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError("SEARCH_URL must not hold a user: set SEARCH_USER and SEARCH_PASSWORD")
    if not host or port is None:
        raise ValueError("SEARCH_URL needs a host and a port, as in https://search.example:9200")
    if parts.query or parts.fragment:
        raise ValueError("SEARCH_URL must end with the port or a path")


def _check_authority(path: str) -> None:
    if not Path(path).is_file():
        raise ValueError("SEARCH_CA_FILE names no file")
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError):
        raise ValueError("SEARCH_CA_FILE holds no certificate (PEM), or cannot be read") from None


def connect(access: Access) -> Elasticsearch:
    return Elasticsearch(**access.client_arguments())


@contextmanager
def speaking() -> Iterator[None]:
    """Raises our errors instead of the client's. Of the server's words only the kind goes to the log: a query may be
    in the others."""
    try:
        yield
    except ApiError as error:
        status, kind = error.meta.status, error.error
        if status == NOT_FOUND:
            raise index_missing() from error
        if status >= 500 or status == TOO_MANY_REQUESTS:
            log.warning("the search server answers %s (%s)", status, kind)
            raise EngineUnavailable("the search server has no answer now") from error
        if status == UNAUTHORIZED:
            raise _refused(
                "the search server refuses SEARCH_API_KEY, or SEARCH_USER and SEARCH_PASSWORD"
            ) from error
        if status == FORBIDDEN and kind == "security_exception":
            raise _refused(
                "the search server gives the owner of SEARCH_API_KEY (or SEARCH_USER) too few rights on the indexes "
                "of SEARCH_INDEX_PREFIX"
            ) from error
        if status == FORBIDDEN:  # an index that was made read-only, for want of disk for instance
            log.error("the search server takes no edits: %s", kind)
            raise EngineUnavailable("the search server takes no edits now") from error
        log.error("the search server refuses a request: %s (%s)", status, kind)
        raise EngineError("the search server refused the request") from error
    except UnsupportedProductError as error:
        raise EngineUnavailable("what answers at SEARCH_URL is no Elasticsearch") from error
    except TlsError as error:
        raise _refused(_untrusted(error)) from error
    except TransportError as error:
        log.warning("the search server does not answer: %s", type(error).__name__)
        raise EngineUnavailable("the search server does not answer") from error


def _refused(reason: str) -> EngineUnavailable:
    """Somebody has to change a setting: louder than an outage."""
    log.error(reason)
    return EngineUnavailable(reason)


def _untrusted(error: TlsError) -> str:
    words = str(error)
    if "Hostname mismatch" in words or "IP address mismatch" in words or "doesn't match" in words:
        return "the search server's certificate is for another host than the one in SEARCH_URL"
    if "CERTIFICATE_VERIFY_FAILED" in words:
        return (
            "the search server's certificate is not signed by the authority in SEARCH_CA_FILE, or has expired"
        )
    return "the search server does not speak TLS as SEARCH_URL (https://) says"


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
            if status == FORBIDDEN:
                raise EngineUnavailable("the search server takes no edits now")
            if status >= 400 and status not in (NOT_FOUND, CONFLICT):
                log.error("the search server refuses a listing: %s", result.get("error", {}).get("type"))
                raise EngineError("the search server refused a listing")
