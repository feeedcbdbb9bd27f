"""`jingkai setup zone`: what a real zone needs before anybody can log in.

The zone, the standard roles, the packaged calendar years, the limits of the law, and three administrators who
hold separate rights. Everything else (units, posts, people, seals, powers) they enter in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import click

from jingkai.config.installation import open_installation


@dataclass(frozen=True)
class AdministratorLine:
    """One of the three administrators: login, post and role."""

    login: str
    title: str
    title_en: str
    role: str


ADMINISTRATORS = (
    AdministratorLine("sysadmin", "系统管理员", "System administrator", "system_admin"),
    AdministratorLine("secadmin", "安全管理员", "Security administrator", "security_admin"),
    AdministratorLine("auditadmin", "审计管理员", "Audit administrator", "audit_admin"),
)


@click.command("zone")
@click.option("--name", required=True, help="The zone's Chinese name.")
@click.option("--name-en", default="", help="Its English name.")
@click.option(
    "--administrators",
    nargs=3,
    required=True,
    metavar="SYSTEM SECURITY AUDIT",
    help="Names of the three administrators; one person may hold one of these posts only.",
)
def zone(name: str, name_en: str, administrators: tuple[str, str, str]) -> None:
    """Found the zone and print the one-time passwords of its three administrators.

    Safe to repeat: what is there stays, and an administrator who has a login gets no second one.
    """
    if len(set(administrators)) != len(administrators):
        raise click.UsageError("three administrators are three persons (三员分立)")
    open_installation()
    from django.db import transaction
    from django.utils import timezone

    at = timezone.now()
    with transaction.atomic():
        _found(name, name_en, at)
        for line, person in zip(ADMINISTRATORS, administrators, strict=True):
            password = _administrator(line, person, at)
            shown = password or "has a login already"
            click.echo(f"{line.title} {person}\t{line.login}\t{shown}")


def _found(name: str, name_en: str, at: datetime) -> None:
    from jingkai.casework.clock import api as clock
    from jingkai.kernel.accounts import api as accounts
    from jingkai.kernel.calendar import api as calendar
    from jingkai.kernel.organisation import api as organisation
    from jingkai.kernel.organisation.data import UnitKind
    from jingkai.kernel.organisation.models import Unit
    from jingkai.kernel.parties import api as parties
    from jingkai.kernel.permissions.data import SYSTEM
    from jingkai.kernel.search import api as search
    from jingkai.modules.enterprises import api as enterprises
    from jingkai.modules.evaluations import api as evaluations
    from jingkai.modules.hotline import api as hotline
    from jingkai.modules.licences import api as licences

    parties.ensure_zone(name=name, name_en=name_en, by=SYSTEM, at=at)
    organisation.ensure_standard_roles(by=SYSTEM, at=at)
    accounts.seed_policy(by=SYSTEM, at=at)
    calendar.seed_calendar(by=SYSTEM, at=at)
    clock.seed_limits(by=SYSTEM, at=at)
    licences.seed_types(by=SYSTEM, at=at)
    enterprises.seed_fees(by=SYSTEM, at=at)
    evaluations.seed_evaluations(by=SYSTEM, at=at)
    hotline.seed_hotline(by=SYSTEM, at=at)
    search.seed_synonyms()
    if not Unit.objects.filter(code="committee").exists():
        draft = organisation.UnitDraft(
            code="committee",
            kind=UnitKind.COMMITTEE,
            name=f"{name}管理委员会",
            name_en=f"Administrative Committee of {name_en}" if name_en else "",
        )
        organisation.create_unit(draft=draft, by=SYSTEM, at=at)


def _administrator(line: AdministratorLine, name: str, at: datetime) -> str:
    from jingkai.kernel.accounts import api as accounts
    from jingkai.kernel.accounts.data import AccountKind
    from jingkai.kernel.organisation import api as organisation
    from jingkai.kernel.organisation.models import Role
    from jingkai.kernel.parties import api as parties
    from jingkai.kernel.permissions.data import SYSTEM

    if accounts.username_taken(line.login):
        return ""
    unit = organisation.unit_by_code("committee")
    draft = organisation.PostDraft(title=line.title, title_en=line.title_en)
    post = organisation.create_post(unit=unit, draft=draft, by=SYSTEM, at=at)
    post.roles.set([Role.objects.get(code=line.role)])
    person = parties.register_person(name=name, by=SYSTEM, at=at)
    since = (at - timedelta(days=1)).date()
    organisation.appoint(person=person, post=post, starts_on=since, by=SYSTEM, at=at)
    made = accounts.create_user(person=person, kind=AccountKind.STAFF, username=line.login, by=SYSTEM, at=at)
    return str(made.one_time_password)


@click.command("package")
@click.argument("name", default="construction-permit")
def package(name: str) -> None:
    """Load a package of services that the product ships, with its items, materials, powers and flow.

    The units that handle it must exist, under the codes that the package names.
    """
    open_installation()
    from django.utils import timezone

    from jingkai.kernel.organisation.models import Unit
    from jingkai.kernel.permissions.data import SYSTEM
    from jingkai.modules.approvals import api as approvals

    try:
        loaded = approvals.load_package(name=name, by=SYSTEM, at=timezone.now())
    except FileNotFoundError as error:
        raise click.ClickException(f"there is no package “{name}”") from error
    except Unit.DoesNotExist as error:
        raise click.ClickException(
            "a unit that the package names is missing; its codes are in "
            f"modules/approvals/reference/{name}.toml"
        ) from error
    click.echo(f"{loaded.code}\t{loaded.name}")


@click.command("catalogue")
def catalogue() -> None:
    """Load the items of a development zone that the product ships; every legal statement is unconfirmed.

    What is there stays as it is. A unit with the code `approval` must exist.
    """
    open_installation()
    from django.utils import timezone

    from jingkai.kernel.organisation.models import Unit
    from jingkai.kernel.permissions.data import SYSTEM
    from jingkai.modules.approvals import api as approvals

    try:
        count = approvals.load_catalogue(by=SYSTEM, at=timezone.now())
    except Unit.DoesNotExist as error:
        raise click.ClickException("there is no unit with the code “approval”") from error
    click.echo(f"{count} items")
