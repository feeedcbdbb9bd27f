"""No page of casework or kernel asks more questions for more rows, and none asks more than eight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jingkai.casework.cases.testing import NOW
from jingkai.kernel.accounts.testing import log_in
from jingkai.kernel.organisation.testing import Cast
from tests.architecture.growing import Growing
from tests.architecture.pages import Page, all_pages

MOST = 8
LOOKED_AT = 50
"""Pages that answer with a list or a thing; others only take what is sent, or ask for something first."""
Browsers = Callable[[str], Client]
NO_PAGE = (302, 404, 405, 422)
TIMES = 3
STRATA = ("jingkai.casework.", "jingkai.kernel.")
NOT_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")

NOT_LISTS = {
    "accounts:home": "own account: sections of several apps",
    "exchange:by_hand": "the first lines of five apps, one question each",
    "exchange:openapi": "a document",
    "health:page": "how the installation is: sections of several apps",
    "metrics": "for machines",
    "live": "for machines",
    "ready": "asks the installation how it is",
}
"""Pages that are no list of one app, and why they are not asked."""


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def of_lists() -> list[Page]:
    """Every address of casework and kernel that names no thing."""
    return [
        page
        for page in all_pages()
        if page.view.__module__.startswith(STRATA)
        and not page.parameters
        and page.name not in NOT_LISTS
        and "export" not in page.name
    ]


@pytest.mark.django_db
def test_every_list_asks_eight_questions_however_many_rows_it_has(cast: Cast) -> None:
    grown = Growing(cast)
    grown.begin()
    addresses = [(str(page), page.path(), who_may(page, cast)) for page in of_lists()]
    addresses += grown.addresses()
    browsers = browsers_of(cast)
    few = {name: asked(browsers, who, path) for name, path, who in addresses}
    grown.multiply(TIMES)
    many = {name: asked(browsers, who, path) for name, path, who in addresses}
    wrong = [
        f"{name} {path} as {who}: {len(few[name])} → {len(many[name])}\n  " + "\n  ".join(many[name])
        for name, path, who in addresses
        if max(len(few[name]), len(many[name])) > MOST or len(few[name]) != len(many[name])
    ]
    assert not wrong, "\n".join(wrong)
    looked_at = sum(bool(sql) for sql in few.values())
    assert looked_at >= LOOKED_AT, f"only {looked_at} pages were there to look at"


def who_may(page: Page, cast: Cast) -> str:
    """Give somebody who may open a page: who sees most, where several may."""
    access = page.access
    assert access is not None
    people = (
        "leader",
        "system_admin",
        "security_admin",
        "audit_admin",
        "approval_head",
        "head_fire",
        "clerk",
    )
    return next(
        (who for who in people if not access.codes or set(access.codes) & getattr(cast, who).permissions),
        "visitor",
    )


def asked(browsers: Browsers, who: str, path: str) -> list[str]:
    """Give what a page asks at its second opening; nothing where it is no page to look at."""
    client = browsers(who)
    answer: Any = client.get(path)
    assert answer.status_code in (200, *NO_PAGE), f"{path} as {who}: {answer.status_code}"
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
        return []
    with CaptureQueriesContext(connection) as seen:
        client.get(path)
    return [query["sql"][:120] for query in seen if not query["sql"].startswith(NOT_WORDS)]


def browsers_of(cast: Cast) -> Browsers:
    """Give each person a browser, signed in once."""

    @cache
    def browser(who: str) -> Client:
        client = Client()
        if who != "visitor":
            log_in(client, getattr(cast, who))
        return client

    return browser
