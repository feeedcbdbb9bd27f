"""One way out of the house: no other module opens a connection over HTTP or by a socket of its own."""

from __future__ import annotations

import ast

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
    "telnetlib",
    "xmlrpc.client",
    "websockets",
}
ALLOWED = {
    "jingkai/kernel/exchange/connectors/egress.py": "the one way out",
    "jingkai/kernel/exchange/connectors/sessions.py": "its face for libraries that want a session",
    "jingkai/records/files/connectors/clamd.py": "the installation's own virus scanner, by clamd's protocol",
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


def imported(path: object) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):  # type: ignore[arg-type]
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
