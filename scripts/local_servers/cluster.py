"""A three-node Elasticsearch cluster for the tests, and a single node of their own: begun empty, gone afterwards."""

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local_servers.elasticsearch import java_home
from local_servers.machine import NAME, ServerError, port_is_taken, state_dir
from local_servers.node import Node, health

HEAP = "384m"
PORTS = (9261, 9262, 9263)  # and 9361 to 9363 between the nodes
CLUSTER = f"{NAME}-test"
START_SECONDS = 300  # three at once, beside other tests
LOCK_SECONDS = 900


@dataclass
class Cluster:
    nodes: list[Node]

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{node.port}" for node in self.nodes]

    @property
    def url(self) -> str:
        """As SEARCH_URL takes it."""
        return ",".join(self.urls)

    def node_called(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    def wait_for(self, nodes: int, *, seconds: float = START_SECONDS) -> None:
        """Until so many nodes have found each other. Raises ServerError."""
        deadline = time.monotonic() + seconds
        while True:
            alive = [
                url for node, url in zip(self.nodes, self.urls, strict=True) if node.running_pid() is not None
            ]
            found = [health(url) for url in alive]
            if len(found) >= nodes and all(
                one is not None and one["number_of_nodes"] == nodes and one["status"] != "red"
                for one in found
            ):
                return
            if time.monotonic() > deadline:
                logs = "\n".join(f"{node.log}:\n{node.end_of_log()}" for node in self.nodes)
                raise ServerError(f"the cluster of {nodes} was not ready after {seconds:.0f} s.\n{logs}")
            time.sleep(0.3)


@contextmanager
def three_nodes(home: Path) -> Iterator[Cluster]:
    """A cluster of three empty nodes without security, deleted at the end. Raises ServerError."""
    cluster = Cluster(
        [
            Node(
                name=f"node-{number}",
                state=state_dir("elasticsearch-test", port),
                port=port,
                heap=HEAP,
                settings={
                    "cluster.name": CLUSTER,
                    "discovery.seed_hosts": [f"127.0.0.1:{each + 100}" for each in PORTS],
                    "cluster.initial_master_nodes": [f"node-{each}" for each in range(1, len(PORTS) + 1)],
                },
            )
            for number, port in enumerate(PORTS, start=1)
        ]
    )
    with _begun(cluster.nodes, home):
        cluster.wait_for(len(cluster.nodes))
        yield cluster


@contextmanager
def single(node: Node, home: Path) -> Iterator[Node]:
    """A node of the tests' own, launched; who uses it waits until it answers. Deleted at the end."""
    with _begun([node], home):
        yield node


@contextmanager
def _begun(nodes: list[Node], home: Path) -> Iterator[None]:
    """Launches them from nothing. One user at a time: another test run on this machine waits its turn."""
    java = java_home()
    with _turn(nodes[0].state.with_suffix(".lock")):
        try:
            for node in nodes:
                node.forget()  # what a test run that was killed left behind
                for port in (node.port, node.transport_port):
                    if port_is_taken(port):
                        raise ServerError(f"port {port}, which the tests want for Elasticsearch, is taken")
            for node in nodes:
                node.launch(home, java)
            yield
        finally:
            for node in nodes:
                node.forget()


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + LOCK_SECONDS
    with path.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ServerError(f"another test run holds {path}") from None
                time.sleep(0.5)
        yield
