"""manage.py run_site: what `make run` ends in. Prepares what is missing, then serves with gunicorn.

One process does both: Django starts once, and its workers, the one for background work too, are forked with everything
already imported.
"""

import os
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from accounts.actions import DEMO_ACCOUNTS
from directory_site.actions import prepare
from directory_site.warming import warm_up
from directory_site.worker import ChildWorker
from sealing.errors import SealingError


class Command(BaseCommand):
    help = "Prepares the site (database, fixtures, index) and serves it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--host", default=os.environ.get("HOST_ADDRESS", "127.0.0.1"))
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args, port: int, host: str, workers: int, **options):
        self._refuse_taken_port(host, port)
        try:
            prepare(self._say)
        except SealingError as error:
            raise CommandError(str(error)) from error
        connections.close_all()
        background = ChildWorker()
        try:
            self._announce(port)
            self._serve(host, port, workers)
        finally:  # gunicorn ends by SystemExit
            background.stop()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _refuse_taken_port(self, host: str, port: int) -> None:
        import socket

        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise CommandError(
                    f"port {port} is taken ({error.strerror}): stop what uses it, or `make run PORT=8001`"
                ) from None

    def _announce(self, port: int) -> None:
        address = f"http://localhost:{port}"
        lines = ["", f"  The directory:   {address}/", f"  The admin:       {address}/admin/"]
        if getattr(settings, "DEMO_ACCOUNTS", False):
            lines.append("  Demo accounts (user name / password), for this machine only:")
            lines += [
                f"    {account.username} / {account.password}  ({account.what})" for account in DEMO_ACCOUNTS
            ]
        lines += ["", "  Stop with Ctrl-C.", ""]
        self._say("\n".join(lines))

    def _serve(self, host: str, port: int, workers: int) -> None:
        from django.core.wsgi import get_wsgi_application
        from gunicorn.app.base import BaseApplication

        application = get_wsgi_application()

        class Server(BaseApplication):
            def load_config(self):
                self.cfg.set("bind", f"{host}:{port}")
                self.cfg.set("workers", workers)
                self.cfg.set("worker_class", "gthread")
                self.cfg.set("threads", 4)
                self.cfg.set("preload_app", True)
                self.cfg.set("timeout", 60)
                self.cfg.set("loglevel", "warning")
                self.cfg.set("post_worker_init", lambda worker: warm_up())
                self.cfg.set(
                    "control_socket_disable", True
                ) if "control_socket_disable" in self.cfg.settings else None

            def load(self):
                return application

        sys.argv = sys.argv[:1]
        Server().run()
