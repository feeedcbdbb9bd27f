"""Pages read as people who may open them and no more: what they show of others, and what they offer.

A page is read by somebody who holds the one right that it asks for, or by whose the thing on it is. From
there the reader goes where its links lead, once to each address of the product, so that single things are met
as people meet them. Nobody's number, mailbox or full name stands on a page that has no business with it; and
once a guard is gone, neither that nor a way may turn up that the reader is refused.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zipfile import ZipFile

from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.organisation.api import PostDraft, appoint, create_post
from jingkai.kernel.organisation.models import Role, Unit
from jingkai.kernel.organisation.testing import OTHERS, SINCE
from jingkai.kernel.parties.api import register_person
from jingkai.kernel.permissions.api import VISITOR, Actor, all_permissions
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token
from jingkai.modules.approvals.testing import Hall
from tests.architecture.fields import watched_fields
from tests.architecture.guards import leads_to_login, may_open
from tests.architecture.matrix import may_be_opened_by
from tests.architecture.pages import Page, all_pages
from tests.architecture.things import OWNED, TODAY, make_things

OFFERS = re.compile(r'(?:href|action|formaction|hx-get|hx-post|data-url)="(/[^"#]*)')
PATTERNS = {
    "phone": re.compile(r"(?<![\dA-Za-z-])1[3-9]\d{9}(?![\dA-Za-z])"),  # not a part of a print or a mark
    "mailbox": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w"),
    "code": re.compile(r"(?<![\dA-Z])9[\dA-Z]{17}(?![\dA-Z])"),
}
"""What no page shows in full; names are those of the people who deal with the zone."""
CODES = ("inbox:", "forms:")
"""Where the credit code of an applicant is masked; the registry, papers and own pages show it."""
OWN = ("phone", "name")
SHOWN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("accounts:logins", "accounts:login"), ("name",)),  # whose login it is
    **dict.fromkeys(("audit_trail", "audit_entry"), ("name",)),  # who acted
    **dict.fromkeys(("enterprises:list", "enterprises:detail"), ("name",)),  # as the public registry
    **dict.fromkeys(("approvals:replacement", "licences:entry"), ("name",)),  # who stands at the window
    **dict.fromkeys(
        ("enterprises:home", "enterprises:remove", "enterprises:rights"), ("name",)
    ),  # own people
    **dict.fromkeys(("approvals:matter", "approvals:receive", "approvals:facts", "approvals:check"), OWN),
    **dict.fromkeys(("forms:step", "forms:sheet"), ("phone",)),  # answers that the form asked for
    "approvals:agent_mandate": ("name",),  # who gave the mandate
}
"""Pages that show such a thing in full to whom it concerns."""
Place = tuple[str, str]


@dataclass(frozen=True)
class Reader:
    """Somebody who reads pages: one of the cast, a visitor, or an officer of these rights and no other."""

    who: str
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Seen:
    """What a reader saw at one address."""

    status: int | str
    told: frozenset[tuple[str, str]] = frozenset()
    offers: frozenset[str] = frozenset()


@dataclass
class Looking:
    """The walk; `asked` says at which addresses, as whom, each guard of a field was asked."""

    hall: Hall
    asked: dict[Place, list[tuple[Reader, str]]] = field(default_factory=dict)
    seen: dict[tuple[Reader, str], Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.things = make_things(self.hall)
        self.client = Client(raise_request_exception=False)
        self.cookies: dict[str, Any] = {}
        self.role = self._bare_officer()
        self.pages = {page.name: page for page in all_pages()}

    def walk(self) -> None:
        """Read everything."""
        noted: set[Place] = set()
        with watched_fields(noted):
            for reader, paths in self._beginnings():
                self._go(reader, paths, noted)
            for name, owned in OWNED.items():
                self._read(Reader(owned.owner), self._path_of(name), noted)

    def _go(self, reader: Reader, paths: list[str], noted: set[Place]) -> None:
        met: set[str] = set()
        while paths:
            path = paths.pop(0)
            page = page_at(path)
            if page is None or str(page) in met or not self.is_of(reader, page):
                continue
            met.add(str(page))
            paths += sorted(self._read(reader, path, noted).offers)

    def _read(self, reader: Reader, path: str, noted: set[Place]) -> Seen:
        noted.clear()
        found = self.seen[reader, path] = self.look(reader, path)
        for place in noted:
            self.asked.setdefault(place, []).append((reader, path))
        return found

    def _path_of(self, name: str) -> str:
        """Where the thing stands that a page of the table of owners is about."""
        owned = OWNED[name]
        more = {key: self.things[one].uuid if one in self.things else one for key, one in owned.more.items()}
        return self.pages[name].path({"uuid": self.things[owned.thing].uuid, **more})

    def _beginnings(self) -> Iterator[tuple[Reader, list[str]]]:
        """One officer for every right, at the addresses that ask for it; people of no right at all others."""
        plain = [page for page in self.pages.values() if not page.parameters and is_read(page)]
        for code in sorted(permission.code for permission in all_permissions()):
            asking = [page.path() for page in plain if page.access and code in page.access.codes]
            yield Reader("bare", frozenset({code})), asking
        for kind, who in (("staff", "bare"), ("signed_in", "handler"), ("public", "")):
            yield Reader(who), [page.path() for page in plain if page.access and page.access.kind == kind]

    def look(self, reader: Reader, path: str, method: str = "GET") -> Seen:
        """Read one address as somebody, and take back whatever the page did."""
        self.become(reader)
        with transaction.atomic():
            data = with_token(user=None) if method == "POST" else {}
            response = self.client.generic(method, path) if method == "GET" else self.client.post(path, data)
            transaction.set_rollback(True)
        status: int | str = "login" if leads_to_login(response) else response.status_code
        text = text_of(response)
        codes = str(page_at(path)).startswith(CODES)
        told = {
            (kind, one)
            for kind, found in PATTERNS.items()
            for one in found.findall(text)
            if kind != "code" or codes
        }
        told |= {("name", name) for _key, name, _english in OTHERS if name in text}
        offers = {html.unescape(one) for one in OFFERS.findall(text)}
        return Seen(status, frozenset(told - self._own(reader)), frozenset(offers))

    def faults(self, reader: Reader, path: str, seen: Seen) -> list[str]:
        """What somebody saw and has no business with."""
        name = str(page_at(path))
        told = [f"{kind} {one}" for kind, one in sorted(seen.told) if kind not in SHOWN.get(name, ())]
        return [f"{name} {path} as {reader}: {fault}" for fault in told]

    def notices(self, reader: Reader, path: str) -> bool:
        """Whether an address breaks, or shows or offers more now than before, of what it must not."""
        now, before = self.look(reader, path), self.seen[reader, path]
        if now.told - before.told or now.status != before.status:
            return True
        return any(self._is_refused(reader, one) for one in sorted(now.offers - before.offers))

    def _is_refused(self, reader: Reader, path: str) -> bool:
        page = page_at(path)
        if page is None or not self.may_open(reader, page):
            return page is not None
        return any(self.look(reader, path, method).status in (403, 404) for method in ("GET", "POST"))

    def is_of(self, reader: Reader, page: Page) -> bool:
        """Whether somebody reads a page: an officer of one right those that ask for it."""
        asks = not reader.codes or (page.access is not None and bool(reader.codes & {*page.access.codes}))
        return asks and self.may_open(reader, page)

    def may_open(self, reader: Reader, page: Page) -> bool:
        """Whether the matrix lets somebody in."""
        access = may_be_opened_by(page)
        return access is not None and may_open(access, self.actor(reader))

    def actor(self, reader: Reader) -> Actor:
        """Somebody as the guard of an address sees them."""
        if reader.who == "bare":
            return Actor(1, 1, "bare", "staff", reader.codes)
        return self.hall.actor(reader.who, TODAY) if reader.who else VISITOR

    def _own(self, reader: Reader) -> set[tuple[str, str]]:
        if reader.who not in self.hall.cast.people:
            return set()
        person = self.hall.cast.person(reader.who)
        return {("name", person.party.name)}

    def become(self, reader: Reader) -> None:
        """Let the client be somebody from now on."""
        if reader.who == "bare":
            self.role.permissions = sorted(reader.codes)
            self.role.save()
        if reader.who not in self.cookies:
            client = Client()
            if reader.who:
                log_in(client, self.bare if reader.who == "bare" else self.hall.actor(reader.who, TODAY))
                client.get("/notices/")
            self.cookies[reader.who] = client.cookies
        self.client.cookies = self.cookies[reader.who].copy()

    def _bare_officer(self) -> Role:
        """An officer on a post of their own, whose rights are what the walk says."""
        cast, at = self.hall.cast, self.hall.cast.at
        person = register_person(name="白", name_en="Bai", phone="", email="", by=SYSTEM, at=at)
        unit = Unit.objects.get(pk=cast.unit("approval"))
        post = create_post(
            unit=unit, draft=PostDraft(title="看", title_en="Reader", head=False, order=99), by=SYSTEM, at=at
        )
        role = Role.objects.create(code="bare", name="bare", permissions=[])
        post.roles.add(role)
        appoint(person=person, post=post, starts_on=SINCE, by=SYSTEM, at=at)
        everything = frozenset(permission.code for permission in all_permissions())
        self.bare = Actor(person.pk, None, "白", "staff", everything)
        return role


def is_read(page: Page) -> bool:
    """Whether an address of the product itself is there to be read."""
    return page.view.__module__.startswith("jingkai.") and "/logout" not in page.route


def page_at(path: str) -> Page | None:
    """The address of the product behind a path."""
    try:
        return _read_pages().get(resolve(path.split("?")[0]).view_name)
    except Resolver404:
        return None


@cache
def _read_pages() -> dict[str, Page]:
    return {page.name: page for page in all_pages() if is_read(page)}


def text_of(response: Any) -> str:
    """What stands in a page or a spreadsheet; what programs read holds numbers of all kinds."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with ZipFile(io.BytesIO(body)) as archive:
            sheets = [archive.read(name) for name in archive.namelist() if name.endswith(".xml")]
        return " ".join(sheet.decode("utf-8", "replace") for sheet in sheets)
    kind = response.headers.get("Content-Type", "")
    return body.decode("utf-8", "replace") if kind.startswith("text/html") else ""
