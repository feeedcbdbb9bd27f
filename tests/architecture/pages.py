"""Every address of the product, found by walking the address book itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from jingkai.kernel.permissions.api import Access, access_of

SAMPLES = {
    "uuid": "01936f3e-0000-7000-8000-000000000000",
    "int": "999999999",
    "str": "nothing",
    "slug": "nothing",
    "path": "no/thing",
}
CONVERTER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


@dataclass(frozen=True, slots=True)
class Page:
    """One address: its name, its route, its line in the address book, and what it asks of its visitor."""

    name: str
    route: str
    pattern: URLPattern

    @property
    def view(self) -> Callable[..., Any]:
        """The view behind it."""
        view: Callable[..., Any] = self.pattern.callback
        return view

    @property
    def access(self) -> Access | None:
        """Who may open it, by its own declaration or by the guard of its prefix."""
        return access_of(self.view, self.path())

    @property
    def parameters(self) -> dict[str, str]:
        """The parts of the address that name a thing, and of which kind they are."""
        return {found["name"]: found["kind"] or "str" for found in CONVERTER.finditer(self.route)}

    def path(self, values: dict[str, Any] | None = None) -> str:
        """The address with these values; what is not given names nothing that exists."""
        given = values or {}
        return "/" + CONVERTER.sub(
            lambda found: str(given.get(found["name"], SAMPLES.get(found["kind"] or "str", "2026"))),
            self.route,
        )

    def __str__(self) -> str:
        return self.name or self.route


def all_pages() -> list[Page]:
    """Every address, in the order of the address book."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: list[Any], prefix: str, spaces: tuple[str, ...]) -> Iterator[Page]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, route, space)
        elif isinstance(pattern, URLPattern):
            yield Page(":".join((*spaces, pattern.name or "")), _as_route(route), pattern)


def _as_route(route: str) -> str:
    """Turn what regular expressions of other makers leave into the same form."""
    return re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route).replace("^", "").replace("$", "").replace("\\", "")
