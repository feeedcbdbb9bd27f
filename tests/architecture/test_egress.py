"""One way out of the house: no other module opens a connection, whatever it speaks."""

from __future__ import annotations

import ast

from django.conf import settings

from tests.architecture.tree import parsed, python_files, short

CLIENTS = {
    "httpx",
    "httpcore",
    "requests",
    "urllib3",
    "aiohttp",
    "http.client",
    "urllib.request",
    "socket",
    "ftplib",
    "imaplib",
    "nntplib",
    "poplib",
    "smtplib",
    "paramiko",
    "pycurl",
    "telnetlib",
    "xmlrpc.client",
    "websockets",
}
ALLOWED = {
    "jingkai/kernel/exchange/connectors/egress.py": "the one way out",
    "jingkai/kernel/exchange/connectors/sessions.py": "its face for libraries that want a session",
    "jingkai/kernel/exchange/connectors/certificates.py": "knows what a handshake may end in",
    "jingkai/kernel/exchange/connectors/front.py": "knows what a handshake may end in",
    "jingkai/kernel/exchange/connectors/lines.py": "the one way out, for what speaks no HTTP",
    "jingkai/kernel/notices/connectors/smtp.py": "SMTP over a line of the one way out",
    "jingkai/kernel/notices/connectors/mail.py": "knows what a conversation by SMTP may end in",
    "jingkai/records/files/connectors/clamd.py": "names the type of the line that it is given",
    "jingkai/config/demonstration.py": "asks the demonstration's own pages whether they are ready",
    "jingkai/config/home.py": "asks whether a port of this machine is free",
}


def test_nothing_calls_outside_but_by_the_one_way() -> None:
    callers = {
        short(path): sorted(found)
        for path in python_files()
        if short(path) not in ALLOWED and (found := imported(path) & CLIENTS)
    }
    assert callers == {}


def test_the_exceptions_are_needed() -> None:
    files = {short(path): path for path in python_files()}
    assert [name for name in ALLOWED if name not in files or not imported(files[name]) & CLIENTS] == []


def test_mail_leaves_by_the_one_way_too() -> None:
    nothing = (
        "django.core.mail.backends.dummy.EmailBackend",
        "django.core.mail.backends.locmem.EmailBackend",
    )
    assert settings.EMAIL_BACKEND in ("jingkai.kernel.notices.connectors.smtp.Backend", *nothing)
    source = files_named("jingkai/config/settings.py")
    assert "jingkai.kernel.notices.connectors.smtp.Backend" in source
    assert "backends.smtp.EmailBackend" not in source


def test_only_the_way_out_opens_sockets() -> None:
    """Who may import `socket` beside it opens none to the outside."""
    opening = ("create_connection", "connect", "connect_ex")
    openers = {
        short(path)
        for path in python_files()
        if "socket" in imported(path)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in opening and "socket" in ast.unparse(node.value)
    }
    assert openers == {"jingkai/kernel/exchange/connectors/lines.py"}


def files_named(name: str) -> str:
    """The text of one file of the product."""
    return next(path for path in python_files() if short(path) == name).read_text(encoding="utf-8")


def imported(path: object) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):  # type: ignore[arg-type]
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
