"""One Elasticsearch process: its folder and configuration, started, stopped or killed."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_servers.machine import ServerError, as_service_user, own, process_command, tail

STOP_SECONDS = 60
# A node listens on this machine only; a full laptop must not make its indexes read-only.
COMMON: dict[str, Any] = {
    "http.host": "127.0.0.1",
    "transport.host": "127.0.0.1",
    "xpack.security.enabled": "false",
    "cluster.routing.allocation.disk.threshold_enabled": "false",
}


@dataclass
class Node:
    """`state` is the folder of its own (configuration, data, logs, pid); `heap` as Java wants it ("384m").

    `settings` go to elasticsearch.yml after COMMON and stand above it. `files` (name → content) are laid beside it.
    """

    name: str
    state: Path
    port: int
    heap: str
    settings: dict[str, Any] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    _launcher: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.state / "console.log"

    @property
    def pid_file(self) -> Path:
        return self.state / "pid"

    @property
    def transport_port(self) -> int:
        return self.port + 100

    def launch(self, home: Path, java: Path) -> None:
        """Starts the process and returns at once. The installation `home` stays read-only; data that is there stays."""
        self._configure(home)
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "ES_JAVA_HOME": str(java),
            "ES_JAVA_OPTS": f"-Xms{self.heap} -Xmx{self.heap}",
            "ES_PATH_CONF": str(self.state / "config"),
            "ES_TMPDIR": str(self.state / "tmp"),
        }
        with self.log.open("w") as output:
            self._launcher = subprocess.Popen(
                [home / "bin" / "elasticsearch", "-p", self.pid_file],
                cwd=self.state,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_service_user(),
            )

    def launching(self) -> bool:
        """Whether the process that `launch` started still lives."""
        return self._launcher is not None and self._launcher.poll() is None

    def running_pid(self) -> int | None:
        """The server's process, or None: a pid that now belongs to another program is not ours to stop."""
        try:
            pid = int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return pid if "org.elasticsearch" in process_command(pid) else None

    def stop(self) -> bool:
        """Ends it in order; False when it did not run. Raises ServerError when it does not end."""
        return self._end(signal.SIGTERM)

    def kill(self) -> bool:
        """Ends it as a power failure would; False when it did not run."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> bool:
        pid = self.running_pid()
        if pid is not None:
            os.kill(pid, how)
        elif self._launcher is not None and self._launcher.poll() is None:
            self._launcher.send_signal(how)  # killed before it wrote its pid
        deadline = time.monotonic() + STOP_SECONDS
        while self.running_pid() is not None or self.launching():
            if time.monotonic() > deadline:
                raise ServerError(f"Elasticsearch (process {pid}) did not stop in {STOP_SECONDS} s")
            time.sleep(0.1)
        self.pid_file.unlink(missing_ok=True)
        return pid is not None

    def forget(self) -> None:
        """Ends it and deletes all it kept."""
        self.kill()
        shutil.rmtree(self.state, ignore_errors=True)

    def _configure(self, home: Path) -> None:
        shutil.rmtree(self.state / "config", ignore_errors=True)
        (self.state / "tmp").mkdir(parents=True, exist_ok=True)
        shutil.copytree(home / "config", self.state / "config")
        settings = {
            **COMMON,
            "node.name": self.name,
            "http.port": str(self.port),
            "transport.port": str(self.transport_port),
            "path.data": str(self.state / "data"),
            "path.logs": str(self.state / "logs"),
            **self.settings,
        }
        lines = [f"{key}: {json.dumps(value)}" for key, value in settings.items()]
        (self.state / "config" / "elasticsearch.yml").write_text("\n".join(lines) + "\n")
        for name, content in self.files.items():
            (self.state / "config" / name).write_text(content)
        options = self.state / "config" / "jvm.options"
        # Garbage collection logs would go to the installation folder.
        kept = [line for line in options.read_text().splitlines() if not line.startswith("-Xlog:gc")]
        options.write_text("\n".join(kept) + "\n")
        own(self.state)

    def end_of_log(self) -> str:
        return tail(self.log)


def health(url: str, wanted: str = "") -> dict[str, Any] | None:
    """The cluster's health as a node without security tells it, or None when it does not answer. `wanted`: a query."""
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health?timeout=2s{wanted}", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except (urllib.error.URLError, OSError, ValueError):
        return None
