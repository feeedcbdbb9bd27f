"""The command `jingkai`: small commands here, the apps' commands mounted by name and loaded when called.

Exit code 0 means yes or done, 1 means no, 2 that the command or its surroundings were wrong. Answers go to
the standard output, everything else to the standard error.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NoReturn, cast

import click

from jingkai.config.environment import environment, sudo_user
from jingkai.config.home import CannotStart
from jingkai.config.variables import BadEnvironment

Needs = Literal["nothing", "django", "database"]


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a command lives, what it says of itself, and what must be open before it is loaded."""

    target: str
    help: str
    needs: Needs = "nothing"


MOUNTS = {
    "audit": Mount("jingkai.kernel.audit.cli:audit", "Verify, sign and export the trail.", "database"),
    "backup": Mount("jingkai.config.backups:backup", "Back everything up while it runs."),
    "casework": Mount("jingkai.casework.cases.cli:casework", "Examine cases and their engine.", "database"),
    "demo": Mount("jingkai.config.demonstration:demo", "Start a demonstration zone and keep it running."),
    "django": Mount("jingkai.config.commands:django", "Run one of Django's own commands."),
    "doctor": Mount("jingkai.kernel.health.cli:doctor", "Examine the installation and say what to do."),
    "efficiency": Mount(
        "jingkai.modules.efficiency.cli:efficiency", "Rebuild and check figures.", "database"
    ),
    "examine-restored": Mount("jingkai.config.restoring:examine", "Prove a restored installation."),
    "files": Mount("jingkai.records.files.cli:files", "Move files to a bucket, read every byte.", "database"),
    "flow": Mount("jingkai.casework.flow.cli:flow", "Check flows (BPMN files), try them out."),
    "follow": Mount("jingkai.config.backups:follow_on", "Keep what is written since the last backup."),
    "keys": Mount("jingkai.kernel.parties.cli:keys", "Change the keys of personal data.", "database"),
    "migrate": Mount("jingkai.config.commands:migrate", "Bring the tables of the database up to date."),
    "program": Mount("jingkai.kernel.health.cli:program", "Prove the program's own files.", "database"),
    "restore": Mount("jingkai.config.restoring:restore", "Restore a backup into an empty place."),
    "seed": Mount("jingkai.config.demonstration:seed", "Fill the demonstration zone; safe to repeat."),
    "serve": Mount("jingkai.config.commands:serve", "Serve the pages on PORT."),
    "setup": Mount("jingkai.config.commands:setup", "Prepare a database server, the first administrator."),
    "stand-ins": Mount("jingkai.config.demonstration:stand_ins", "Play outside services on this machine."),
    "uscc": Mount("jingkai.modules.enterprises.cli:uscc", "Check unified social credit codes."),
    "verify-document": Mount(
        "jingkai.records.documents.cli:verify_document", "Say which seal a PDF carries and if it is intact."
    ),
    "workdays": Mount("jingkai.kernel.calendar.cli:workdays", "Count working days with make-up days."),
    "worker": Mount("jingkai.config.commands:worker", "Work off the background jobs."),
}


LASTING = ("demo", "follow", "serve", "stand-ins", "worker")
"""What these do is done by the product, or by who asks it over the network."""


class MountedGroup(click.Group):
    """A group whose commands are imported only when one of them runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names of all mounted commands."""
        return sorted(MOUNTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Open what the command needs, then load it."""
        mount = MOUNTS.get(cmd_name)
        if mount is None:
            return None
        if cmd_name not in LASTING:
            _say_who_acts()
        _open(mount.needs)
        module, _, name = mount.target.partition(":")
        return cast(click.Command, getattr(import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, mount.help) for name, mount in sorted(MOUNTS.items())])


def _open(needs: Needs) -> None:
    from jingkai.config.installation import open_installation, start_django

    if needs == "database" and not {"--help", "-h"} & set(sys.argv):
        open_installation()
    elif needs != "nothing":
        start_django()


def _say_who_acts() -> None:
    """Let every entry in the trail that a command makes bear the machine's user who runs it."""
    from jingkai.kernel.audit.data import machine_origin, origin

    origin.set(machine_origin(behind=sudo_user()))


class Terminal:
    """What a mounted command may ask of its surroundings: `ctx.find_root().obj`."""

    @property
    def home(self) -> Path:
        """The data folder of the installation, made or not."""
        return environment().home

    @property
    def language(self) -> str:
        """The language of the person at the terminal."""
        return environment().language

    def open(self) -> bool:
        """Open the installation (database, Django) when there is one; tells whether there is."""
        from jingkai.config.installation import open_if_exists

        return open_if_exists()


@click.group(cls=MountedGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jingkai", prog_name="jingkai")
@click.option("--lifeline", type=int, hidden=True, help="End when this pipe closes.")
@click.pass_context
def jingkai(ctx: click.Context, lifeline: int | None) -> None:
    """经开通 Jingkai: the work of an economic development zone."""
    ctx.obj = Terminal()
    if lifeline is not None:
        from jingkai.config.lifeline import follow

        follow(lifeline)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and exit; problems of the surroundings are told in words, without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")
    try:
        jingkai.main(args=arguments, prog_name="jingkai")
    except BadEnvironment as error:
        click.echo(f"jingkai: the variable {error}", err=True)
        sys.exit(2)
    except CannotStart as error:
        _stop(error)
    except Exception as error:
        from jingkai.config.installation import lost_database

        told = lost_database(error)
        if told is None:
            raise
        _stop(told)


def _stop(reason: CannotStart) -> NoReturn:
    click.echo(f"jingkai: {reason.problem}\n{reason.advice}", err=True)
    sys.exit(reason.exit_code)
