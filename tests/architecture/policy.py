"""What every answer owes the browser: its headers, and nothing that could run from inside the page."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

NONCE = re.compile(r"'nonce-([A-Za-z0-9_-]{16,})'")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DIRECTIVES = {
    "default-src": {"'self'", "'none'"},
    "script-src": {"nonce"},
    "style-src": {"'self'"},
    "object-src": {"'none'"},
    "frame-src": {"'none'"},
    "base-uri": {"'none'"},
    "form-action": {"'self'"},
    "frame-ancestors": {"'none'"},
}
ADDRESSES = ("href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post")
ACTIVE = ("image/svg", "application/xml", "text/xml", "application/xhtml", "application/javascript")
DATA = ("application/json", "application/ld+json")


def faults_of(response: Any) -> list[str]:
    """Everything that is wrong with one answer."""
    headers = response.headers
    faults = [f"{name}: {headers.get(name)}" for name, value in HEADERS.items() if headers.get(name) != value]
    if "Permissions-Policy" not in headers:
        faults.append("no Permissions-Policy")
    policy = headers.get("Content-Security-Policy", "")
    faults += _faults_of_policy(policy)
    kind = headers.get("Content-Type", "")
    if kind.startswith(("text/", *ACTIVE)) and "charset=" not in kind and has_body(response):
        faults.append(f"no character set: {kind}")
    if not kind and has_body(response):
        faults.append("a body of no kind")
    if headers.get("Content-Type", "").startswith(ACTIVE) and "sandbox" not in policy:
        faults.append("a drawing that could run as a page")
    if headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
        mark = NONCE.search(policy)
        reader = Reader(mark[1] if mark else "")
        reader.feed(response.content.decode(response.charset or "utf-8"))
        faults += reader.faults
    return faults


def has_body(response: Any) -> bool:
    """Whether anything came beside the headers."""
    return bool(response.streaming or response.content)


def _faults_of_policy(policy: str) -> list[str]:
    said = {words[0]: set(words[1:]) for part in policy.split(";") if (words := part.split())}
    if said.get("default-src") == {"'none'"}:
        return [f"unsafe: {policy}"] if "unsafe" in policy else []
    faults = [f"unsafe: {policy}"] if "unsafe" in policy or "*" in policy else []
    for name, allowed in DIRECTIVES.items():
        found = {"nonce" if NONCE.fullmatch(word) else word for word in said.get(name, ())}
        if not found or found - allowed:
            faults.append(f"{name} {' '.join(sorted(found))}")
    return faults


class Reader(HTMLParser):
    """Reads a page as a browser would, and notes whatever would run or be dressed from inside it."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce, self.faults = nonce, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        given = {name: value or "" for name, value in attrs}
        if tag == "script" and given.get("type") not in DATA:
            if not given.get("src"):
                self.faults.append("a script without a file")
            if not self.nonce or given.get("nonce") != self.nonce:
                self.faults.append(f"a script without the mark of this answer: {given.get('src')}")
        if tag in ("style", "iframe", "object", "embed", "base"):
            self.faults.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith(("on", "hx-on", "data-hx-on")):
                self.faults.append(f"<{tag} {name}>")
            if name in ADDRESSES and value.strip().lower().startswith(
                ("javascript:", "data:text", "vbscript:")
            ):
                self.faults.append(f"<{tag} {name}={value[:40]}>")
            if name == "hx-vals" and value.startswith("js:"):
                self.faults.append(f"<{tag} hx-vals=js:>")
            if name == "hx-trigger" and "[" in value:
                self.faults.append(f"<{tag} hx-trigger> evaluates")
