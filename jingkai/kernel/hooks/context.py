"""The frame around every page: menus by right, counts, the zone's name; built when a template reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_urlconf
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from jingkai.kernel.hooks.data import MenuEntry, Place
from jingkai.kernel.hooks.operations import menu, menu_counts, shell_parts
from jingkai.kernel.hooks.queries import read_as_of, url_of
from jingkai.ui.data import MenuGroup, MenuItem, Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` for the layouts, built on first use; none before anybody asked who acts.

    `read_as_of` is the moment that the page's figures are of, where they came from a replica.
    """
    if not hasattr(request, "actor"):  # an early refusal: its page stands without menus
        return {}
    return {"shell": SimpleLazyObject(lambda: build_shell(request)), "read_as_of": read_as_of()}


def build_shell(request: HttpRequest) -> Shell:
    """Build the frame for one request: only links that this actor may open, with their counts."""
    actor = getattr(request, "actor", None)
    links = _links(
        menu.changes,
        getattr(actor, "kind", "visitor"),
        frozenset(getattr(actor, "permissions", ())),
        get_language(),
        get_urlconf(),
    )
    counts = _counts(request, [link.entry for link in links])
    fields: dict[str, Any] = {
        "zone_name": getattr(settings, "ZONE_NAME", ""),
        "user_name": getattr(actor, "name", "") if getattr(actor, "user_id", None) else "",
        "groups": _groups(request, links, counts),
        "nav": _items(request, links, "nav", counts),
        "account": _items(request, links, "account", counts),
        "footer": _items(request, links, "footer", counts),
        "login_url": url_of("account_login"),
        "logout_url": url_of("account_logout"),
    }
    for part in shell_parts.all():
        fields.update(part(request))
    return Shell(**fields)


@dataclass(frozen=True, slots=True)
class _Link:
    """A menu entry as its reader sees it: in words, with its address (empty where no page is mounted)."""

    entry: MenuEntry
    label: str
    group: str
    url: str


@lru_cache(maxsize=512)
def _links(
    _changes: int,
    kind: str,
    permissions: frozenset[str],
    _language: str | None,
    _urlconf: str | None,
) -> tuple[_Link, ...]:
    """Give the links that people of this kind with these permissions may follow, in this language."""
    return tuple(
        _Link(entry, str(entry.label), str(entry.group), url_of(entry.url_name))
        for entry in menu.all()
        if (not entry.kinds or kind in entry.kinds)
        and (entry.permission is None or entry.permission in permissions)
    )


def _counts(request: HttpRequest, entries: Iterable[MenuEntry]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    shown = {entry.url_name for entry in entries}
    for answer in menu_counts.all():
        counts.update({name: number for name, number in answer(request).items() if name in shown})
    for entry in entries:
        number = entry.count(request) if entry.count else None
        if number is not None:
            counts[entry.url_name] = number
    return counts


def _items(
    request: HttpRequest, links: Iterable[_Link], place: Place, counts: Mapping[str, int]
) -> tuple[MenuItem, ...]:
    return tuple(item for _link, item in _placed(request, links, place, counts))


def _placed(
    request: HttpRequest, links: Iterable[_Link], place: Place, counts: Mapping[str, int]
) -> list[tuple[_Link, MenuItem]]:
    """Draw the links of one place; the nearest one above the page is the current one."""
    chosen = [link for link in links if link.entry.place == place and link.url]
    current = max((link.url for link in chosen if _is_under(request.path, link.url)), key=len, default="")
    return [(link, _item(link, counts, current=link.url == current)) for link in chosen]


def _item(link: _Link, counts: Mapping[str, int], *, current: bool) -> MenuItem:
    return MenuItem(
        label=link.label,
        url=link.url,
        icon=link.entry.icon,
        count=counts.get(link.entry.url_name),
        current=current,
    )


def _is_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def _groups(request: HttpRequest, links: Iterable[_Link], counts: Mapping[str, int]) -> tuple[MenuGroup, ...]:
    groups: dict[str, list[MenuItem]] = {}
    for link, item in _placed(request, links, "rail", counts):
        groups.setdefault(link.group, []).append(item)
    return tuple(MenuGroup(label, tuple(items)) for label, items in groups.items())
