"""A parameter that is given twice confuses nothing: the last one counts, and the two are never mixed.

Every page that names no thing, as somebody who may open it: its query and each of its forms are sent with
every name twice and two different values. The answer says what the last value alone gets, and never 5xx.
What may be given several times is named here, so that nothing else is read as a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.utils import timezone
from lxml import html

from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.pace import rules as pace
from jingkai.kernel.submissions.data import TOKEN_FIELD
from tests.architecture.pages import Page, all_pages
from tests.architecture.test_queries import browsers_of, who_may
from tests.architecture.tree import python_files, short

ASKED = re.compile(r"""GET(?:\.get\(|\[)\s*["'](\w+)["']""")
LISTS = re.compile(r"""(?:POST|FILES|data|\))\.getlist\(([^)]*)\)""")
SEVERAL = {
    "jingkai/modules/approvals/web/acts.py": {'"material"'},
    "jingkai/modules/approvals/web/planning.py": {"name"},
    "jingkai/modules/windows/web/desk.py": {'"lack"', '"lack_what"'},
    "jingkai/modules/evaluations/web/acts.py": {'"evidence"'},
    "jingkai/casework/inbox/web/acts/batch.py": {'"task"'},
    "jingkai/casework/inbox/web/acts/holding.py": {'"task"'},
    "jingkai/casework/designer/web/start.py": {"name"},
    "jingkai/casework/forms/web/steps.py": {"name"},
    "jingkai/casework/forms/rules/typing.py": {"key"},
    "jingkai/kernel/submissions/queries.py": {"name"},
}
"""What is read as a list, and where: chosen lines, files of one place, answers whose field holds several, and
the whole of a form for its digest."""
CHANGES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27,}|\d{1,2}:\d{2}(:\d{2})?")
"""What two answers to the same question may say differently: numbers drawn at random, the time."""
ONCE = (TOKEN_FIELD, "csrfmiddlewaretoken")
LEAVES = ("/accounts/logout/",)


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a page: where it goes, what stands in it already, and two other values for each field."""

    method: str
    action: str
    kept: dict[str, str]
    values: dict[str, tuple[str, str]]

    def given(self, *, twice: bool) -> dict[str, list[str]]:
        """All fields, with both values or the last one alone."""
        told = {name: list(pair) if twice else [pair[1]] for name, pair in self.values.items()}
        return {**{name: [value] for name, value in self.kept.items()}, **told}


def asked_names() -> list[str]:
    """Every name that some page reads from its query."""
    texts = (path.read_text(encoding="utf-8") for path in python_files())
    return sorted({name for text in texts for name in ASKED.findall(text)})


def _is_page(answer: Any) -> bool:
    return answer.get("Content-Type", "").startswith("text/html") and bool(answer.content.strip())


def _read(answer: Any) -> Any:
    return html.fromstring(answer.content)


def text_of(answer: Any) -> str:
    """What a person reads; addresses of links, where a query may stand as it came, are left out."""
    if not _is_page(answer):
        return ""
    return CHANGES.sub("", " ".join(_read(answer).text_content().split()))


def forms_of(page: Page, answer: Any) -> Iterator[Form]:
    """The forms of a page, but those that leave it for another maker's or sign out."""
    if not _is_page(answer):
        return
    for form in _read(answer).forms:
        action = urlsplit(form.get("action") or page.path()).path
        kept, values = {}, {}
        for field in form.inputs:
            if not field.name or field.get("type") in ("file", "submit", "button", "image"):
                continue
            if field.name in ONCE:
                kept[field.name] = str(field.value)
            elif not _holds_several(field):
                values[field.name] = _two_of(field)
        if action not in LEAVES and values:
            yield Form((form.method or "GET").upper(), action, kept, values)


def _holds_several(field: Any) -> bool:
    return field.get("multiple") is not None or field.get("type") == "checkbox"


def _two_of(field: Any) -> tuple[str, str]:
    if field.tag == "select":
        options = [value for value in field.value_options if value] or [""]
        return options[0], options[-1]
    kinds = {
        "date": ("2026-01-05", "2026-02-06"),
        "number": ("3", "7"),
        "email": ("a@x.example", "b@x.example"),
    }
    return kinds.get(field.get("type") or "", ("甲甲", "乙乙"))


def unlike(client: Client, method: str, path: str, once: Any, twice: Any) -> str:
    """Send the same with the last value alone and with both; say what is wrong, empty where nothing is."""
    answers = []
    for given in (once, twice):
        with transaction.atomic():
            data = urlencode(given, doseq=True)
            kind = "application/x-www-form-urlencoded"
            cookies: Any = client.cookies.copy()
            answers.append(
                client.get(f"{path}?{data}")
                if method == "GET"
                else client.post(path, data, content_type=kind)
            )
            client.cookies = cookies
            transaction.set_rollback(True)
    last, both = answers
    if both.status_code >= 500 and last.status_code < 500:
        return f"{method} {path}: {both.status_code}"
    if both.status_code != last.status_code or text_of(both) != text_of(last):
        return f"{method} {path}: {last.status_code} with the last alone, {both.status_code} with both"
    return ""


def test_what_is_read_as_a_list_is_named() -> None:
    found: dict[str, set[str]] = {}
    for path in python_files():
        if names := LISTS.findall(path.read_text(encoding="utf-8")):
            found[short(path)] = set(names)
    assert found == SEVERAL


@pytest.mark.django_db
def test_every_query_and_form_with_each_parameter_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "paces_at", lambda *_asked: ())
    browsers, wrong, queries, sent = browsers_of(cast), [], 0, 0
    names = asked_names()
    once, twice = (dict.fromkeys(names, values) for values in (["乙"], ["甲", "乙"]))
    with refusals_unnoted(), time_machine.travel(timezone.now(), tick=False):
        for page in all_pages():
            if page.parameters or page.access is None or page.path() in LEAVES:
                continue
            client = browsers(who_may(page, cast))
            answer = client.get(page.path())
            if answer.status_code != 200:
                continue
            queries += 1
            wrong.append(unlike(client, "GET", page.path(), once, twice))
            for form in forms_of(page, answer):
                sent += 1
                given = form.given(twice=False), form.given(twice=True)
                wrong.append(unlike(client, form.method, form.action, *given))
    assert not (faults := sorted(filter(None, wrong))), "\n".join(faults)
    assert len(names) > 40, names
    assert (queries, sent) >= (120, 120), (queries, sent)


class Mixing:
    """A product that puts both values into its answer, or breaks on them."""

    cookies = SimpleCookie()

    def get(self, address: str) -> HttpResponse:
        """Answer a query."""
        given = QueryDict(urlsplit(address).query)
        if len(given.getlist("broken")) > 1:
            return HttpResponse(status=500)
        return HttpResponse(f"<p>{'+'.join(given.getlist('q'))} {given.get('r', '')}</p>")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "said"),
    [("r", ""), ("q", "GET /x: 200 with the last alone, 200 with both"), ("broken", "GET /x: 500")],
)
def test_the_walk_notices_a_page_that_mixes_or_breaks(name: str, said: str) -> None:
    mixing: Any = Mixing()
    assert unlike(mixing, "GET", "/x", {name: ["b"]}, {name: ["a", "b"]}) == said
