"""The zone of the journeys: the demonstration's organisation, with an outside world that really answers."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser

from jingkai.config.demo import enterprises, organisation, reference
from jingkai.config.demo.papers import make_file
from jingkai.config.seeding import DemoPeople
from jingkai.kernel.hooks.testing import called, connected_to, copy_database, drop_database
from jingkai.kernel.notices.standins.mail import MailStandIn
from jingkai.kernel.notices.standins.sms import SmsStandIn
from jingkai.modules.approvals.connectors.licences_standin import Province, demonstration_permit, serving
from tests.journeys.chromium import Clock
from tests.journeys.people import Person

PROJECT = "食品饮料二期厂房"
T = TypeVar("T")


class Zone:
    """The running zone of the journey."""

    def __init__(self, base: str, people: DemoPeople, clock: Clock, folder: Path, browser: Browser) -> None:
        self.base, self.people, self.clock, self.folder, self.browser = base, people, clock, folder, browser
        self.ways: set[bool] = set()

    def person(self, login: str, *, phone: bool = False) -> Person:
        """Somebody with a login, at a browser of their own."""
        return Person(self.browser, self.base, self.people, login, phone=phone, ways=self.ways)

    def meanwhile(self, act: Callable[[], T]) -> T:
        """Let others act in a thread of their own, as on the server: sealing needs its own event loop."""

        def alone() -> T:
            try:
                return act()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(alone).result()

    def file(self, kind: str, name: str) -> Path:
        """A real file of that kind."""
        path = self.folder / f"{name}.{kind}"
        path.write_bytes(make_file(kind, name, PROJECT, timezone.now()))
        return path


@dataclass(frozen=True)
class Outside:
    """What reached the world outside the zone."""

    mail: MailStandIn
    sms: SmsStandIn
    province: Province

    def told(self, number: str) -> tuple[int, int]:
        """How many text messages and e-mails named the matter."""
        texts = sum(number in str(message) for message in self.sms.store.all())
        mails = sum(number in str(message) for message in self.mail.store.all())
        return texts, mails


BEGINNING = "2026-09-14 09:00"


@dataclass(frozen=True)
class Settled:
    """The zone on its first day, made once for all journeys: a database and files to copy, and its people."""

    database: str
    folder: Path


@pytest.fixture(scope="session")
def settled(
    django_db_setup: None,
    django_db_blocker: Any,
    database_server: Any,
    database_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Settled]:
    """Fill a copy of the migrated template as the demonstration does, with nobody's matter in it yet."""
    made = Settled(called(connection.settings_dict["NAME"], "zone"), tmp_path_factory.mktemp("zone"))
    clock, kept = Clock(), settings.FILES_FOLDER
    settings.FILES_FOLDER = made.folder / "files"
    try:
        with django_db_blocker.unblock():
            copy_database(database_server, template=database_template, name=made.database)
            with connected_to(made.database):
                _fill(made.folder, clock.set(BEGINNING))
        yield made
    finally:
        settings.FILES_FOLDER = kept
        with django_db_blocker.unblock():
            drop_database(database_server, made.database)


def _fill(folder: Path, at: datetime) -> None:
    people = DemoPeople.load(folder)
    organisation.seed(people, at)
    reference.seed(at)
    enterprises.seed(people, at)
    people.save()


@pytest.fixture
def zone(
    live_server: Any,
    settled: Settled,
    database_server: Any,
    clock: Clock,
    tmp_path: Path,
    browser: Browser,
    mail_server: MailStandIn,
    sms_provider: SmsStandIn,
) -> Iterator[tuple[Zone, Outside]]:
    """The organisation on 2026-09-14, with mail, SMS and licence systems that really answer."""
    copy_database(database_server, template=settled.database, name=connection.settings_dict["NAME"])
    shutil.copytree(settled.folder / "files", settings.FILES_FOLDER, dirs_exist_ok=True)
    clock.set(BEGINNING)
    people = DemoPeople.load(settled.folder)
    province = Province("demo", "secret", demonstration_permit, today=timezone.localdate)
    base = live_server.url
    with serving(province) as licences:
        variables = {
            "BASE_URL": base,
            "LICENCES_URL": licences,
            "LICENCES_KEY": "demo",
            "LICENCES_SECRET": "secret",
        }
        with override_settings(**variables):
            outside = Outside(mail_server, sms_provider, province)
            yield Zone(base, people, clock, tmp_path, browser), outside
