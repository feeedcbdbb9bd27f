"""The web server: Granian over WSGI.

As many workers as cores, and so many threads in each that slow uploads block nobody.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from jingkai.config.environment import Environment, environment
from jingkai.config.home import prepare_home, refuse_busy_port
from jingkai.config.installation import open_installation, require_database


def serve() -> None:
    """Serve until SIGTERM or Ctrl-C; raises CannotStart when the port is busy or the tables are old."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    chosen = environment()
    refuse_busy_port(chosen.host, chosen.port)
    os.environ["JINGKAI_COLLECTED_STATIC"] = "" if chosen.debug else "1"
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(fresh_metrics_folder(chosen))
    environment.cache_clear()
    open_installation()
    require_database()
    if not chosen.debug:
        collect_static()
    close_connections()
    threads = max(32, chosen.threads)
    shared = min(chosen.connections or threads, threads)
    os.environ["JINGKAI_SHARED_CONNECTIONS"] = str(shared)  # for the workers; this process needs none
    Granian(
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
    ).serve()


def fresh_metrics_folder(chosen: Environment) -> Path:
    """An empty folder in which the web processes add up their measurements."""
    folder = prepare_home(chosen.home) / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return folder


def collect_static() -> None:
    """Copy scripts, styles and pictures into the data folder under names that browsers may keep for ever."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def close_connections() -> None:
    """Workers open connections of their own; none is inherited."""
    from django.db import connections

    connections.close_all()
