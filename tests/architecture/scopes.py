"""Every operation of the interface and the scope that a token needs for it, held against one matrix.

`docs/security/scopes.csv` is the matrix; after an intended change: `python -m tools.access`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from jingkai.kernel.exchange.operations.tokens import ScopeMissing
from jingkai.kernel.exchange.rest.urls import api
from tests.architecture.matrix import SECURITY

SCOPES = SECURITY / "scopes.csv"
HEAD = ("method", "address", "scope")
PREFIX = "/api/v1"


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address of the interface, and the function behind it with its guard."""

    method: str
    address: str
    scope: str
    view: Callable[..., Any]

    @property
    def place(self) -> tuple[str, str]:
        """Under what the matrix names it."""
        return self.method, self.address

    def lets_in(self, scopes: Collection[str]) -> bool:
        """Ask the guard alone: whether a token with these scopes comes through to the work."""
        caller: Any = SimpleNamespace(scopes=frozenset(scopes), enterprise_id=None)
        try:
            self.view(SimpleNamespace(caller=caller))
        except ScopeMissing:
            return False
        except Exception:
            return True  # the work itself wants a real call
        return True


def operations() -> list[Operation]:
    """Every operation that the routers declare, in the order of addresses."""
    found = [
        Operation(method, _address(prefix, path), _scope(one), one.view_func)
        for prefix, router in api._routers
        for path, view in router.path_operations.items()
        for one in view.operations
        for method in one.methods
    ]
    return sorted(found, key=lambda one: (one.address, one.method))


def matrix() -> dict[tuple[str, str], str]:
    """Which scope the matrix asks for, by method and address."""
    with SCOPES.open(encoding="utf-8", newline="") as file:
        return {(row["method"], row["address"]): row["scope"] for row in csv.DictReader(file)}


def write() -> int:
    """Write the matrix as the operations declare it now; gives how many it holds."""
    rows = [(*one.place, one.scope) for one in operations()]
    with SCOPES.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *rows])
    return len(rows)


def _address(prefix: str, path: str) -> str:
    parts = [part for part in (PREFIX, prefix.strip("/"), path.strip("/")) if part]
    return "/".join(parts)


def _scope(operation: Any) -> str:
    return str((operation.openapi_extra or {}).get("x-scope", ""))
