"""A node with TLS and users, for the tests: what production asks of the settings. Certificates are made by openssl."""

import base64
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from local_servers.machine import NAME, ServerError, state_dir
from local_servers.node import Node

PORT = 9264
HEAP = "384m"
USER, PASSWORD = "directory-test", "only for the tests"
ROUNDS = 10_000  # the least that the server takes


def secured_node() -> Node:
    """A node that speaks https only and knows one user, a superuser. Its authority: `authority(node)`."""
    key, certificate, ca = certificates()
    return Node(
        name="secured",
        state=state_dir("elasticsearch-test", PORT),
        port=PORT,
        heap=HEAP,
        settings={
            "cluster.name": f"{NAME}-secured",
            "discovery.type": "single-node",
            "xpack.security.enabled": "true",
            "xpack.security.transport.ssl.enabled": "false",  # it has nobody to talk to
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.key": "node.key",
            "xpack.security.http.ssl.certificate": "node.pem",
        },
        files={
            "node.key": key,
            "node.pem": certificate,
            "ca.pem": ca,
            "users": f"{USER}:{hashed(PASSWORD)}\n",
            "users_roles": f"superuser:{USER}\n",
        },
    )


def authority(node: Node) -> Path:
    """The file that SEARCH_CA_FILE names for it."""
    return node.state / "config" / "ca.pem"


def hashed(password: str) -> str:
    """As the server's file of users keeps it: PBKDF2 with SHA-512, 32 bytes."""
    salt = os.urandom(32)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS, dklen=32)
    return "{PBKDF2}" + f"{ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def certificates() -> tuple[str, str, str]:
    """(key, certificate for 127.0.0.1 and localhost, the authority that signed it), PEM, good for two days."""
    if shutil.which("openssl") is None:
        raise ServerError("openssl is missing: install it (Debian, Ubuntu: apt install openssl)")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        new = ["req", "-newkey", "rsa:2048", "-nodes"]
        _openssl(place, *new, "-x509", "-days", "2", "-subj", "/CN=Authority of the tests", "-keyout", "ca.key",
                 "-out", "ca.pem")  # fmt: skip
        _openssl(place, *new, "-subj", "/CN=127.0.0.1", "-keyout", "node.key", "-out", "node.csr")
        _openssl(place, "x509", "-req", "-days", "2", "-in", "node.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                 "-CAcreateserial", "-extfile", "names", "-out", "node.pem")  # fmt: skip
        key, certificate, ca = ((place / name).read_text() for name in ("node.key", "node.pem", "ca.pem"))
    return key, certificate, ca


def _openssl(place: Path, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=place, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"openssl {words[0]} failed:\n{done.stderr.strip()}")
