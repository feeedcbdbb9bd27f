"""Every page keeps the content policy, whoever opens it: nothing inline, nothing framed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client

from jingkai.config.security import ContentPolicyMiddleware
from jingkai.kernel.organisation.testing import Cast
from tests.architecture.pages import all_pages
from tests.architecture.policy import NONCE, faults_of
from tests.architecture.test_queries import browsers_of, who_may
from tests.architecture.tree import ROOT, python_files, short, templates

SEEN = 60
"""At least so many pages must have been there to look at."""


@pytest.mark.django_db
def test_every_page_keeps_the_policy(cast: Cast) -> None:
    """Each address that names no thing, as somebody who may; pages about a thing: test_ownership."""
    browsers, wrong, seen = browsers_of(cast), [], 0
    for page in all_pages():
        if page.parameters or page.access is None:
            continue
        answer = browsers(who_may(page, cast)).get(page.path())
        seen += answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        wrong += [f"{page} {page.path()}: {fault}" for fault in faults_of(answer)]
    assert not wrong, "\n".join(wrong)
    assert seen >= SEEN, f"only {seen} pages were there to look at"


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), [("/no/such/page", 404), ("/system/people", 302)])
def test_refusals_keep_it_too(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, faults_of(answer)) == (status, [])


def test_the_mark_is_new_for_every_answer() -> None:
    marks = set()
    for _turn in range(50):
        answer = ContentPolicyMiddleware(lambda _request: HttpResponse())(type("Request", (), {})())  # type: ignore[arg-type]
        found = NONCE.search(answer.headers["Content-Security-Policy"])
        marks.add(found[1] if found else "")
    assert len(marks) == 50


def test_a_view_may_be_stricter() -> None:
    strict = HttpResponse(headers={"Content-Security-Policy": "default-src 'none'; sandbox"})
    answer = ContentPolicyMiddleware(lambda _request: strict)(type("Request", (), {})())  # type: ignore[arg-type]
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_host_that_is_not_ours_is_not_answered(client: Client) -> None:
    assert client.get("/health/live", headers={"host": "evil.example"}).status_code == 400
    forwarded = {"X-Forwarded-Host": "evil.example"}
    assert b"evil.example" not in client.get("/health/live", headers=forwarded).content


PAGE = '<html><head>{}</head><body><form action="/x"></form></body></html>'
POLICY = (
    "default-src 'self'; script-src 'nonce-0123456789abcdef'; style-src 'self'; object-src 'none'; "
    "frame-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
GOOD = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=()",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.mark.parametrize(
    ("content", "headers", "faults"),
    [
        ('<script src="/a.js" nonce="0123456789abcdef"></script>', {}, 0),
        ('<script type="application/json">{}</script>', {}, 0),
        ('<script src="/a.js"></script>', {}, 1),
        ('<script src="/a.js" nonce="another"></script>', {}, 1),
        ('<script nonce="0123456789abcdef">run()</script>', {}, 1),
        ("<style>p{}</style>", {}, 1),
        ('<p style="color:red">', {}, 1),
        ('<p ONCLICK="run()">', {}, 1),
        ('<p hx-on::load="run()">', {}, 1),
        ('<a href=" javascript:run()">', {}, 1),
        ('<p hx-trigger="click[ctrlKey]">', {}, 1),
        ("<base href=//evil>", {}, 1),
        ("", {"Content-Security-Policy": POLICY.replace("'nonce-", "'unsafe-inline' 'nonce-")}, 2),
        ("", {"Content-Security-Policy": POLICY.replace("'nonce-0123456789abcdef'", "'self'")}, 1),
        ("", {"Content-Security-Policy": ""}, 8),
        ("", {"X-Frame-Options": "SAMEORIGIN"}, 1),
        ("", {"X-Content-Type-Options": ""}, 1),
        ("", {"Content-Type": "image/svg+xml; charset=utf-8"}, 1),
        ("", {"Content-Type": "text/csv"}, 1),
        ("", {"Content-Type": ""}, 1),
        (
            "",
            {
                "Content-Type": "application/xml; charset=utf-8",
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
            0,
        ),
    ],
)
def test_the_look_itself(content: str, headers: dict[str, str], faults: int) -> None:
    answer = HttpResponse(PAGE.format(content), headers={**GOOD, **headers})
    assert len(faults_of(answer)) == faults, faults_of(answer)


def test_scripts_are_loaded_by_one_tag() -> None:
    """`{% script %}` gives the mark; a hand-written tag would be dead."""
    by_hand = re.compile(r"<script\b(?![^>]*type=\"application/json\")", re.I)
    assert [name for name, path in templates() if by_hand.search(path.read_text(encoding="utf-8"))] == []


def test_htmx_evaluates_nothing_and_runs_no_script_that_it_fetches() -> None:
    config = re.compile(r"<meta name=\"htmx-config\" content='([^']*)'")
    found = [text for _name, path in templates() for text in config.findall(path.read_text(encoding="utf-8"))]
    assert found
    for name, value in (("allowEval", "false"), ("allowScriptTags", "false"), ("selfRequestsOnly", "true")):
        assert [text for text in found if f'"{name}": {value}' not in text] == []


def test_no_policy_of_ours_is_unsafe() -> None:
    unsafe = re.compile(r"'unsafe-[a-z-]+'")
    sources = [path for path in python_files() if unsafe.search(path.read_text(encoding="utf-8"))]
    assert [short(path) for path in sources] == []


def our_scripts() -> list[Path]:
    return [*(ROOT / "frontend" / "src").rglob("*.js"), *(ROOT / "jingkai").rglob("static/*/*.js")]


def test_our_scripts_evaluate_nothing() -> None:
    evaluating = re.compile(r"\beval\(|new Function\(|document\.write\(|setTimeout\(\s*[\"'`]")
    assert [path.name for path in our_scripts() if evaluating.search(path.read_text(encoding="utf-8"))] == []


WRITTEN_BY_NAME = {
    ("controls.js", "entries"): "the names stand in the script",
    ("passkeys.js", "response"): "the names stand in the script",
}
"""Objects into which our scripts write under a name that they compute, and why no prototype is in reach."""


def test_our_scripts_write_under_no_name_that_could_reach_a_prototype() -> None:
    """What is written under a name out of data goes into an object that has no prototype."""
    by_name = re.compile(r"\b(\w+)\[[A-Za-z_][\w.]*\]\s*=(?!=)")
    reaching = re.compile(r"__proto__|\.prototype\.\w+\s*=(?!=)|setPrototypeOf|\bmerge\(|\bextend\(")
    found = set()
    for path in our_scripts():
        text = path.read_text(encoding="utf-8")
        assert not reaching.search(text), path
        found |= {
            (path.name, holder)
            for holder in by_name.findall(text)
            if not re.search(rf"\b{holder} = (Object\.assign\()?Object\.create\(null\)", text)
        }
    assert found == set(WRITTEN_BY_NAME)
