"""The zone of the journeys: the demonstration's organisation, with an outside world that really answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser

from jingkai.config.demo import enterprises, organisation, reference
from jingkai.config.demo.papers import make_file
from jingkai.config.seeding import DemoPeople
from jingkai.kernel.notices.standins.mail import MailStandIn
from jingkai.kernel.notices.standins.sms import SmsStandIn
from jingkai.modules.approvals.connectors.licences_standin import Province, demonstration_permit, serving
from tests.journeys.chromium import Clock
from tests.journeys.people import Person

PROJECT = "食品饮料二期厂房"


class Zone:
    """The running zone of the journey."""

    def __init__(self, base: str, people: DemoPeople, clock: Clock, folder: Path, browser: Browser) -> None:
        self.base, self.people, self.clock, self.folder, self.browser = base, people, clock, folder, browser

    def person(self, login: str, *, phone: bool = False) -> Person:
        """Somebody with a login, at a browser of their own."""
        return Person(self.browser, self.base, self.people, login, phone=phone)

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


@pytest.fixture
def zone(
    live_server: Any,
    clock: Clock,
    tmp_path: Path,
    browser: Browser,
    mail_server: MailStandIn,
    sms_provider: SmsStandIn,
) -> Iterator[tuple[Zone, Outside]]:
    """The organisation on 2026-09-14, with mail, SMS and licence systems that really answer."""
    at = clock.set("2026-09-14 09:00")
    people = DemoPeople(tmp_path / "demo.json")
    organisation.seed(people, at)
    reference.seed(at)
    enterprises.seed(people, at)
    province = Province("demo", "secret", demonstration_permit, today=timezone.localdate)
    base = live_server.url
    with serving(province) as licences:
        settings = {
            "BASE_URL": base,
            "LICENCES_URL": licences,
            "LICENCES_KEY": "demo",
            "LICENCES_SECRET": "secret",
        }
        with override_settings(**settings):
            outside = Outside(mail_server, sms_provider, province)
            yield Zone(base, people, clock, tmp_path, browser), outside
