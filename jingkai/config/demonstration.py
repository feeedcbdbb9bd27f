"""`jingkai demo`: a whole zone on one machine, with stand-ins for the outside services, until Ctrl-C."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import cache_from_source
from pathlib import Path
from typing import IO

import click

from jingkai.config.environment import PROJECT, Environment, ensure_secret, environment
from jingkai.config.home import CannotStart, prepare_home, refuse_busy_port
from jingkai.config.installation import hold_embedded, open_installation, require_database
from jingkai.config.processes import Family
from jingkai.config.seeding import DemoPeople, seed_all

READY_SECONDS = 120
STEPS = {"migrate": "Bringing the tables up to date", "seed": "Filling the demonstration zone"}
OLD_TABLES = 3
"""The exit code of `seed` when the tables are older than the program: they are brought up to date first."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A local program that plays an outside service: `serve(port, folder)` runs until the process ends.

    `variables` tells the product where it is; `{port}` and `{secret}` are filled in.
    """

    target: str
    variables: Mapping[str, str]


STAND_INS = {
    "mail": StandIn(
        "jingkai.kernel.notices.standins:serve_mail",
        {"JINGKAI_MAIL_URL": "smtp://127.0.0.1:{port}", "JINGKAI_MAIL_FROM": "hall@demo.example"},
    ),
    "sms": StandIn(
        "jingkai.kernel.notices.standins:serve_sms",
        {
            "JINGKAI_SMS_ENDPOINT": "http://127.0.0.1:{port}",
            "JINGKAI_SMS_KEY_ID": "demo",
            "JINGKAI_SMS_KEY_SECRET": "{secret}",
            "JINGKAI_SMS_SIGN_NAME": "示范经开区",
        },
    ),
    "licences": StandIn(
        "jingkai.modules.approvals.connectors.licences_standin:serve_licences",
        {
            "JINGKAI_LICENCES_URL": "http://127.0.0.1:{port}",
            "JINGKAI_LICENCES_KEY": "demo",
            "JINGKAI_LICENCES_SECRET": "{secret}",
        },
    ),
    "seals": StandIn(
        "jingkai.records.seals.standins:serve_seals",
        {
            "JINGKAI_SEALS_URL": "http://127.0.0.1:{port}",
            "JINGKAI_SEALS_KEY": "demo",
            "JINGKAI_SEALS_SECRET": "{secret}",
        },
    ),
    "todos": StandIn(
        "jingkai.casework.inbox.connectors.todo_standin:serve_todos",
        {
            "JINGKAI_TODO_URL": "http://127.0.0.1:{port}",
            "JINGKAI_TODO_KEY": "demo",
            "JINGKAI_TODO_SECRET": "{secret}",
        },
    ),
    "identities": StandIn(
        "jingkai.kernel.federation.standins:serve_identities",
        {
            "JINGKAI_UNIFIED_LOGIN_URL": "http://127.0.0.1:{port}",
            "JINGKAI_UNIFIED_LOGIN_SECRET": "{secret}",
        },
    ),
    "platforms": StandIn(
        "jingkai.modules.approvals.connectors.platform_standin:serve_platforms",
        {
            "JINGKAI_HALL_URL": "http://127.0.0.1:{port}",
            "JINGKAI_HALL_KEY": "demo",
            "JINGKAI_HALL_SECRET": "{secret}",
            "JINGKAI_PROJECTS_URL": "http://127.0.0.1:{port}",
            "JINGKAI_PROJECTS_KEY": "demo",
            "JINGKAI_PROJECTS_SECRET": "{secret}",
            "JINGKAI_HOTLINE_URL": "http://127.0.0.1:{port}",
            "JINGKAI_HOTLINE_KEY": "demo",
            "JINGKAI_HOTLINE_SECRET": "{secret}",
        },
    ),
}


@click.command()
def demo() -> None:
    """Start a demonstration zone on this machine and keep it running until Ctrl-C.

    Prints `Ready: http://localhost:PORT` and the people of the zone with their passwords. Starting again goes
    on with the same zone; PORT and JINGKAI_HOME choose the port and the data folder.
    """
    stopped = threading.Event()
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, lambda *_: stopped.set())
    chosen = environment()
    prepare_home(chosen.home)
    with _only_demo(chosen.home):
        refuse_busy_port(chosen.host, chosen.port)
        _say(f"Data folder {chosen.home}")
        if chosen.embedded:
            hold_embedded()
        _build_assets()
        ports = {name: _free_port() for name in STAND_INS}
        with Family(chosen.home / "logs", _variables(chosen, ports)) as family:
            family.start("stand-ins", "stand-ins", *[f"{name}={port}" for name, port in ports.items()])
            _prepare_zone(chosen, family, stopped)
            if not stopped.is_set():
                _keep_running(chosen, ports, family, stopped)
        _say("Stopped.")


@click.command(hidden=True)
def seed() -> None:
    """Fill the demonstration zone; safe to repeat. Exit code 3 where the tables are not up to date."""
    open_installation()
    try:
        require_database()
    except CannotStart as error:
        click.echo(error.problem, err=True)
        sys.exit(OLD_TABLES)
    from django.utils import timezone

    people = seed_all(environment().home / "secrets", timezone.now())
    click.echo(f"{len(people.table)} people", err=True)


@click.command("stand-ins", hidden=True)
@click.argument("places", nargs=-1, required=True, metavar="NAME=PORT…")
def stand_ins(places: tuple[str, ...]) -> None:
    """Play outside services on ports of this machine until Ctrl-C."""
    from jingkai.config.installation import start_django

    start_django()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threads = [threading.Thread(target=_play, args=place.split("="), daemon=True) for place in places]
    for thread in threads:
        thread.start()
    while all(thread.is_alive() for thread in threads):
        time.sleep(0.5)
    sys.exit(1)


def _play(name: str, port: str) -> None:
    folder = environment().home / "stand-ins" / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    module, _, function = STAND_INS[name].target.partition(":")
    getattr(import_module(module), function)(port=int(port), folder=folder)


def _keep_running(
    chosen: Environment, ports: Mapping[str, int], family: Family, stopped: threading.Event
) -> None:
    family.start("worker", "worker")
    family.start("web", "serve")
    if _wait_until_ready(chosen, family, stopped):
        click.echo(f"Ready: http://localhost:{chosen.port}")
        _print_people(chosen.home)
        click.echo(f"E-mails and text messages that were sent: http://localhost:{ports['sms']}/")
        _say("Stop with Ctrl-C.")
    while not stopped.wait(0.5):
        if dead := family.first_dead():
            raise CannotStart(
                f"The part “{dead.name}” stopped by itself:\n{dead.last_words()}",
                f"Its log is {dead.log}; start again with `make demo`.",
            )
    _say("Stopping.")


def _prepare_zone(chosen: Environment, family: Family, stopped: threading.Event) -> None:
    """Tables and people; a zone that an earlier start has filled is only looked over, in one process."""
    if not (chosen.home / "secrets" / "demo.json").exists():
        _step("migrate", family, stopped)
    if _step("seed", family, stopped, (OLD_TABLES,)) == OLD_TABLES:
        _step("migrate", family, stopped)
        _step("seed", family, stopped)


def _step(command: str, family: Family, stopped: threading.Event, accepted: tuple[int, ...] = ()) -> int:
    if stopped.is_set():
        return 0
    _say(STEPS[command])
    child = family.run(command, command, stopped=stopped)
    code = int(child.process.returncode)
    if code and code not in accepted and not stopped.is_set():
        said = "\n".join(child.last_words().splitlines()[-5:])
        raise CannotStart(
            f"{STEPS[command]} failed:\n{said}", f"Nothing was started. Its log is {child.log}."
        )
    return code


def _wait_until_ready(chosen: Environment, family: Family, stopped: threading.Event) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while not stopped.is_set() and time.monotonic() < deadline:
        if dead := family.first_dead():
            raise CannotStart(
                f"The part “{dead.name}” did not start:\n{dead.last_words()}", f"Its log is {dead.log}."
            )
        if instance := _answering_instance(chosen):
            if instance == family.environment["JINGKAI_INSTANCE"]:
                return True
            refuse_busy_port(chosen.host, chosen.port)
        stopped.wait(0.2)
    if not stopped.is_set():
        raise CannotStart(
            f"The pages did not come up within {READY_SECONDS} seconds.", f"See {chosen.home / 'logs'}."
        )
    return False


def _answering_instance(chosen: Environment) -> str:
    """Who answers on our port that its pages are ready; empty when nobody does."""
    host = "127.0.0.1" if chosen.host in {"0.0.0.0", "::"} else chosen.host  # noqa: S104
    url = f"http://{f'[{host}]' if ':' in host else host}:{chosen.port}/health/ready"
    request = urllib.request.Request(url, headers={"Host": "localhost"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as response:
            return str(json.load(response).get("instance") or "unknown")
    except (OSError, ValueError):
        return ""


def _variables(chosen: Environment, ports: Mapping[str, int]) -> dict[str, str]:
    """What the children are told. Where the program's own folder belongs to somebody else who left it as it
    came, compiled modules are kept in the data folder: compiling them in each child costs more than the rest.
    """
    secret = ensure_secret(chosen.secrets, "stand-ins")
    variables = {
        **os.environ,
        "JINGKAI_DEMO": "1",
        "JINGKAI_HOME": str(chosen.home),
        "PORT": str(chosen.port),
        "JINGKAI_INSTANCE": secrets.token_hex(8),
    }
    if not os.access(PROJECT, os.W_OK) and not Path(cache_from_source(__file__)).exists():
        variables["PYTHONPYCACHEPREFIX"] = str(chosen.home / "bytecode")
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    for name, port in ports.items():
        for key, value in STAND_INS[name].variables.items():
            variables.setdefault(key, value.format(port=port, secret=secret))
    return variables


def _build_assets() -> None:
    """In a source tree, build what is not committed: translations, scripts and styles."""
    for module, what in (("messages", "compile"), ("frontend", "build")):
        if (PROJECT / "tools" / f"{module}.py").exists():
            command = [sys.executable, "-m", f"tools.{module}", what]
            if subprocess.run(command, check=False, cwd=PROJECT, stdout=sys.stderr).returncode:
                raise CannotStart(
                    f"What is built from {PROJECT} could not be brought up to date; why stands above.",
                    "Run `make setup` as the user to whom that folder belongs, then start again.",
                )


def _only_demo(home: Path) -> IO[str]:
    lock = (home / "demo.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotStart(
            f"A demonstration already runs on the data folder {home}.",
            "Stop it first, or choose another folder and port: JINGKAI_HOME=… PORT=… make demo",
        ) from error
    return lock


def _print_people(home: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    people = DemoPeople.load(home / "secrets").table
    table = Table(title="Demonstration people / 演示人员", title_justify="left")
    for heading in ("Name", "Role", "Login", "Password", "TOTP secret"):
        table.add_column(heading, no_wrap=True)
    for person in people:
        table.add_row(person.name, person.role, person.login, person.password, person.totp)
    width = None if sys.stdout.isatty() else 200
    Console(file=sys.stdout, width=width).print(table)
    sys.stdout.flush()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(text: str) -> None:
    click.echo(text, err=True)
