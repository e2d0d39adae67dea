"""The indexes on the server: which one is current, how far it has read the change log, and the swap.

<prefix>-<hash>            alias of the current index of this version; all reading and writing goes through it
<prefix>-<hash>-<stamp>    an index; `state:<its name>` is the one document in it that is no listing: {"cursor": n}
…-building                 alias of an index that is being built, so that a write to one that is gone fails
                           instead of making an index without a mapping
"""

import threading
import time
from dataclasses import dataclass

from elasticsearch import Elasticsearch, NotFoundError
from elasticsearch.dsl import Index

from search.engine import EngineError, IndexBusy

from .client import check_written, speaking
from .schema import mapping, schema_hash

ADMIN_SECONDS = 60.0
# A new index is asked before its copy is there, if the copy takes longer than this.
COPY_SECONDS = 20
TIMED_OUT = 408
# How long the server remembers that a listing was deleted, and so refuses a late write of it. Longer than any write.
REMEMBERED_DELETES = "10m"


@dataclass(frozen=True)
class Current:
    index: str
    cursor: int


class Indexes:
    def __init__(self, client: Elasticsearch, prefix: str, replicas: str = "") -> None:
        self._client = client
        self._copies = {"number_of_replicas": int(replicas)} if replicas else {"auto_expand_replicas": "0-1"}
        self._admin = client.options(request_timeout=ADMIN_SECONDS)
        self.prefix = prefix
        self.alias = f"{prefix}-{schema_hash()}"
        self._read = threading.local()

    def current(self) -> Current:
        """The index in use and its cursor, remembered for this thread's next write. Raises IndexMissing."""
        with speaking():
            try:
                found = self._current()
            except NotFoundError:  # swapped between the two questions, or really not there
                found = self._current()
        self._read.index = found.index
        return found

    def _current(self) -> Current:
        index = next(iter(self._client.indices.get_alias(name=self.alias).body))
        state = self._client.get(index=self.alias, id=_state_id(index))
        return Current(index, int(state["_source"]["cursor"]))

    def to_write(self) -> Current:
        """The current index. Raises IndexBusy when it is not the one whose cursor this thread read last.

        A batch that begins after the old index's cursor must not move the new one's: the changes between would be
        lost. Whoever swapped follows the log from the new index's cursor.
        """
        read = getattr(self._read, "index", None)
        found = self.current()
        if read is not None and read != found.index:
            raise IndexBusy("the search index was just replaced by a new one")
        return found

    def set_cursor(self, current: Current, cursor: int) -> None:
        """Remember it, unless the state already says more."""
        operation = {
            "index": {
                "_id": _state_id(current.index),
                "version": cursor,
                "version_type": "external_gte",
            }
        }
        with speaking():
            answer = self._admin.bulk(
                index=self.alias, operations=[operation, {"cursor": cursor}], require_alias=True
            )
        check_written(answer.body)

    def create(self) -> tuple[str, str]:
        """A new, empty index: (its name, the alias to fill it through)."""
        name = f"{self.alias}-{time.time_ns()}"
        building = f"{name}-building"
        made = Index(name, using=self._admin)
        made.mapping(mapping())
        made.aliases(**{building: {}})
        made.settings(
            number_of_shards=1,
            refresh_interval=-1,
            gc_deletes=REMEMBERED_DELETES,
            **self._copies,
        )
        with speaking():
            made.create()
        return name, building

    def publish(self, name: str, building: str, cursor: int) -> None:
        """Make it the current one in one step and drop those made before it."""
        with speaking():
            answer = self._admin.bulk(
                index=building,
                operations=[
                    {"index": {"_id": _state_id(name), "version": cursor, "version_type": "external_gte"}},
                    {"cursor": cursor},
                ],
                require_alias=True,
            )
            check_written(answer.body)
            self._admin.indices.put_settings(index=name, settings={"refresh_interval": "1s"})
            self._admin.indices.refresh(index=name)
            self._wait_for_copies(name)
            known = self._admin.indices.get_alias(index=f"{self.prefix}-*").body
            actions: list[dict] = [
                {"remove": {"index": other, "alias": self.alias}}
                for other, found in known.items()
                if self.alias in found["aliases"] and other != name
            ]
            actions.append({"add": {"index": name, "alias": self.alias, "is_write_index": True}})
            actions.append({"remove": {"index": name, "alias": building}})
            self._swap(name, actions)
            old = [other for other in known if self._older(other, name)]
            if old:
                self._admin.indices.delete(index=",".join(old), ignore_unavailable=True)
        self._read.index = None

    def _wait_for_copies(self, name: str) -> None:
        """So that a node may die right after the swap. A copy that nobody can hold is not waited for for ever."""
        self._admin.options(ignore_status=TIMED_OUT).cluster.health(
            index=name, wait_for_status="green", timeout=f"{COPY_SECONDS}s"
        )

    def _swap(self, name: str, actions: list[dict]) -> None:
        """One step on the server. When its answer is lost with a node, the alias tells whether it was done."""
        try:
            with speaking():
                self._admin.indices.update_aliases(actions=actions)
        except EngineError:
            with speaking():
                done = self._admin.indices.exists_alias(index=name, name=self.alias)
            if not done:
                raise

    def discard(self, name: str) -> None:
        """Drop an index that will not be used."""
        with speaking():
            self._admin.indices.delete(index=name, ignore_unavailable=True)

    def _older(self, other: str, name: str) -> bool:
        stamp = other.rsplit("-", 1)[-1]
        return (
            other.startswith(f"{self.prefix}-")
            and stamp.isdigit()
            and int(stamp) < int(name.rsplit("-", 1)[-1])
        )


def _state_id(index: str) -> str:
    return f"state:{index}"
