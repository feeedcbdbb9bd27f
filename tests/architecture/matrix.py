"""The one matrix of who may open which address, held against what the views declare.

`docs/security/access.csv` is the matrix: it is read by people, and a guard that is taken away, weakened or
exchanged no longer agrees with it. `docs/security/roles.csv` says with which rights a standard role begins.
After an intended change write it anew and look at what changed:

    python -m tools.access
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from jingkai.kernel.organisation.rules import STANDARD_ROLES, default_rights
from jingkai.kernel.permissions.api import Access
from tests.architecture.pages import Page, all_pages

SECURITY = Path(__file__).resolve().parents[2] / "docs" / "security"
MATRIX, ROLES = SECURITY / "access.csv", SECURITY / "roles.csv"
HEAD = ("address", "name", "who", "rights")


@cache
def matrix() -> dict[tuple[str, str], Access]:
    """Who may open which address, by route and name."""
    with MATRIX.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        (row["address"].removeprefix("/"), row["name"]): Access(
            row["who"],  # type: ignore[arg-type]
            tuple(row["rights"].split()),
        )
        for row in rows
    }


def may_be_opened_by(page: Page) -> Access | None:
    """What the matrix says about an address; None when it does not know it."""
    return matrix().get((page.route, page.name))


def declared() -> dict[tuple[str, str], Access | None]:
    """What the views say, by route and name."""
    return {(page.route, page.name): page.access for page in all_pages()}


def grants() -> dict[str, tuple[str, ...]]:
    """With which rights the matrix lets each standard role begin."""
    with ROLES.open(encoding="utf-8", newline="") as file:
        return {row["role"]: tuple(row["rights"].split()) for row in csv.DictReader(file)}


def rights_of_roles() -> dict[str, tuple[str, ...]]:
    """With which rights each standard role begins in the product."""
    return {role.code: tuple(default_rights(role.code)) for role in STANDARD_ROLES}


def same(one: Access | None, other: Access | None) -> bool:
    """Whether two declarations let in the same people."""
    if one is None or other is None:
        return one is other
    return (one.kind, sorted(one.codes)) == (other.kind, sorted(other.codes))


def write() -> int:
    """Write the matrix as the views declare it now; gives how many addresses it holds."""
    pages = sorted(all_pages(), key=lambda page: (page.route, page.name))
    lines = [
        (f"/{page.route}", page.name, page.access.kind, " ".join(sorted(page.access.codes)))
        for page in pages
        if page.access is not None
    ]
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([HEAD, *lines])
    with ROLES.open("w", encoding="utf-8", newline="") as file:
        rows = [(code, " ".join(rights)) for code, rights in rights_of_roles().items()]
        csv.writer(file, lineterminator="\n").writerows([("role", "rights"), *rows])
    return len(lines)
