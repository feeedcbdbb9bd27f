"""The web server: Granian over WSGI.

As many workers as cores, and so many threads in each that slow uploads block nobody. The first process loads
everything and serves nothing; workers are forked from it, so that one that was killed is back at once.
"""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from jingkai.config.connections import bounded
from jingkai.config.environment import Environment, database_address, environment, replica_address
from jingkai.config.home import in_turn, prepare_home, refuse_busy_port
from jingkai.config.installation import open_installation, require_database

MOST_DEATHS = 10
"""How often a worker may die within a minute before the server gives up and its supervisor begins anew."""


def serve() -> None:
    """Serve until SIGTERM or Ctrl-C; raises CannotStart when the port is busy or the tables are old."""
    from granian.constants import Interfaces
    from granian.log import LogLevels

    chosen = environment()
    refuse_busy_port(chosen.host, chosen.port)
    gc.disable()  # a fifth of the start would go into looking for rubbish where none is; workers turn it on
    os.environ["JINGKAI_COLLECTED_STATIC"] = "" if chosen.debug else "1"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_metrics_folder(chosen))
    environment.cache_clear()
    open_installation()
    require_database()
    if not chosen.debug:
        collect_static()
    threads = max(32, chosen.threads)
    preload()
    server = server_class()(
        "jingkai.config.wsgi:application",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=chosen.workers,
        blocking_threads=threads,
        backlog=1024,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.error,
        process_name="jingkai-web",
    )
    server.serve(target_loader=load_worker, wrap_loader=False)


def preload() -> None:
    """Load every page here, before workers are forked; what they share stays shared."""
    import_module("jingkai.config.wsgi")
    close_connections()
    gc.freeze()


def load_worker() -> Callable[..., Any]:
    """Give the application in a new worker, which ends with the process that forked it."""
    from jingkai.config.lifeline import die_with_parent
    from jingkai.kernel.health.api import start_tracing

    die_with_parent()
    gc.enable()
    chosen = environment()
    threads = max(32, chosen.threads)
    share_connections(min(chosen.connections or threads, threads))
    start_tracing("web")
    application: Callable[..., Any] = import_module("jingkai.config.wsgi").application
    return application


def share_connections(most: int) -> None:
    """Let the threads of this worker share so many connections of the database: warm and bounded lines.

    Only after the fork: the helpers that keep the shared lines do not survive it.
    """
    from django.db import connections

    told = {"default": database_address(environment()).as_django(most)}
    if replica := replica_address(environment()):
        told["replica"] = replica.as_django(most, ready=0, patience=2)
    close_connections()
    for name, address in told.items():
        address["OPTIONS"] = bounded(cast(dict[str, Any], address["OPTIONS"]))
        connections.settings[name].update(address)
        if hasattr(connections._connections, name):  # type: ignore[attr-defined]
            del connections[name]


def server_class() -> type[Any]:
    """Granian's server, which gives up when its workers die again and again, not at the second death."""
    from granian.server import Server

    class WebServer(Server):  # type: ignore[misc, valid-type]
        """Replaces every worker that died, up to so many a minute."""

        deaths: tuple[float, ...] = ()

        def _respawn_workers(self, workers: list[int], *given: Any, **named: Any) -> None:
            now = time.monotonic()
            self.deaths = (*(then for then in self.deaths if now - then < 60), *(now for _ in workers))
            super()._respawn_workers(workers, *given, **named)
            if len(self.deaths) <= MOST_DEATHS * self.workers:
                self.respawned_wrks.clear()

    return WebServer


def fresh_metrics_folder(chosen: Environment) -> Path:
    """An empty folder in which the processes behind one port add up their measurements.

    Another server of this data folder, as there is while a release takes the place of another, has its own.
    """
    folder = prepare_home(chosen.home) / "metrics" / str(chosen.port)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def collect_static() -> None:
    """Copy scripts, styles and pictures into the data folder under names that browsers may keep for ever.

    Nothing is done when they are those of the last start: a start after a crash shall not wait for it. Two
    servers that start at once take turns, for each would trip over what the other just put there.
    """
    from django.conf import settings
    from django.core.management import call_command

    collected = Path(settings.STATIC_ROOT)
    stamp = collected / ".collected"
    found = static_state()
    with in_turn(collected.with_suffix(".lock")):
        if stamp.is_file() and stamp.read_text(encoding="ascii") == found:
            return
        stamp.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(found, encoding="ascii")


def static_state() -> str:
    """Tell by name, size and time of every file whether something changed."""
    from django.contrib.staticfiles.finders import get_finders

    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            seen.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def close_connections() -> None:
    """Workers open connections of their own; none is inherited."""
    from django.db import connections

    connections.close_all()
