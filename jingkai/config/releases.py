"""What a new release brings into a zone that runs already, beside its tables."""

from __future__ import annotations

from importlib.metadata import version

import click


def take_up_release() -> None:
    """Give the standard roles the rights that this release added, and say which; safe to repeat."""
    from django.utils import timezone

    from jingkai.kernel.organisation.api import take_up_release as give_new_rights
    from jingkai.kernel.permissions.data import SYSTEM

    release = version("jingkai")
    for role, rights in give_new_rights(release=release, by=SYSTEM, at=timezone.now()).items():
        click.echo(f"Release {release} gave the role {role}: {', '.join(rights)}")
