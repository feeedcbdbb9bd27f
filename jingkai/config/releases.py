"""What a new release brings into a zone that runs already, beside its tables."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

import click

from jingkai.config.variables import of_the_operator


def take_up_release() -> None:
    """Give the standard roles the rights that this release added, and say which; safe to repeat."""
    from django.utils import timezone

    from jingkai.kernel.organisation.api import take_up_release as give_new_rights
    from jingkai.kernel.permissions.data import SYSTEM

    release = version("jingkai")
    for role, rights in give_new_rights(release=release, by=SYSTEM, at=timezone.now()).items():
        click.echo(f"Release {release} gave the role {role}: {', '.join(rights)}")


def note_upgrade() -> bool:
    """Write into the trail which release took the place of which, by which migrations; tells whether one did.

    What a run that was killed applied is told by the next one.
    """
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder
    from django.utils import timezone

    from jingkai.kernel.audit.api import record_upgrade
    from jingkai.kernel.permissions.data import SYSTEM

    rows = MigrationRecorder(connection).migration_qs.values_list("pk", "app", "name")
    applied = {number: f"{app}.{name}" for number, app, name in rows}
    return record_upgrade(release=version("jingkai"), applied=applied, by=SYSTEM, at=timezone.now())


def note_settings() -> None:
    """Write into the trail which settings of this machine's environment changed since the last start."""
    from django.conf import settings
    from django.utils import timezone

    from jingkai.kernel.audit.api import record_settings
    from jingkai.kernel.permissions.data import SYSTEM

    machine = f"{platform.node()} {settings.INSTANCE}".strip()
    record_settings(machine=machine, values=of_the_operator(os.environ), by=SYSTEM, at=timezone.now())


def accept_files(*, is_new: bool) -> None:
    """Take a new release's program files for those that shall be there; a demonstration is not watched.

    Where the release is not new, they stay those that were accepted: whoever changed some since is found.
    """
    from django.conf import settings
    from django.utils import timezone

    from jingkai.kernel.health.api import accept_program, has_manifest
    from jingkai.kernel.permissions.data import SYSTEM

    if not settings.DEMO and (is_new or not has_manifest()):
        count, found = accept_program(release=version("jingkai"), by=SYSTEM, at=timezone.now())
        click.echo(f"{count} program files accepted, {len(found)} of them new or changed.")
