"""The frame around every page: menus by right, counts, the zone's name; built when a template reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jingkai.kernel.hooks.data import MenuEntry, Place
from jingkai.kernel.hooks.operations import menu, menu_counts, shell_parts
from jingkai.kernel.hooks.queries import url_of
from jingkai.ui.data import MenuGroup, MenuItem, Shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` for the layouts, built on first use; none before anybody asked who acts."""
    if not hasattr(request, "actor"):  # an early refusal: its page stands without menus
        return {}
    return {"shell": SimpleLazyObject(lambda: build_shell(request))}


def build_shell(request: HttpRequest) -> Shell:
    """Build the frame for one request: only links that this actor may open, with their counts."""
    actor = getattr(request, "actor", None)
    entries = [entry for entry in menu.all() if _visible(entry, actor)]
    counts = _counts(request, entries)
    fields: dict[str, Any] = {
        "zone_name": getattr(settings, "ZONE_NAME", ""),
        "user_name": getattr(actor, "name", "") if getattr(actor, "user_id", None) else "",
        "groups": _groups(request, entries, counts),
        "nav": _items(request, entries, "nav", counts),
        "account": _items(request, entries, "account", counts),
        "footer": _items(request, entries, "footer", counts),
        "login_url": url_of("account_login"),
        "logout_url": url_of("account_logout"),
    }
    for part in shell_parts.all():
        fields.update(part(request))
    return Shell(**fields)


def _visible(entry: MenuEntry, actor: Any) -> bool:
    kind = getattr(actor, "kind", "visitor")
    if entry.kinds and kind not in entry.kinds:
        return False
    return entry.permission is None or entry.permission in getattr(actor, "permissions", ())


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
    request: HttpRequest, entries: Iterable[MenuEntry], place: Place, counts: Mapping[str, int]
) -> list[MenuItem]:
    chosen = [(entry, url) for entry in entries if entry.place == place and (url := url_of(entry.url_name))]
    current = max((url for _, url in chosen if _is_under(request.path, url)), key=len, default="")
    return [_item(entry, url, counts, current=url == current) for entry, url in chosen]


def _item(entry: MenuEntry, url: str, counts: Mapping[str, int], *, current: bool) -> MenuItem:
    return MenuItem(
        label=str(entry.label), url=url, icon=entry.icon, count=counts.get(entry.url_name), current=current
    )


def _is_under(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def _groups(request: HttpRequest, entries: Iterable[MenuEntry], counts: Mapping[str, int]) -> list[MenuGroup]:
    rail = [entry for entry in entries if entry.place == "rail"]
    labels = {item.url: item for item in _items(request, rail, "rail", counts)}
    groups: dict[str, list[MenuItem]] = {}
    for entry in rail:
        if item := labels.get(url_of(entry.url_name)):
            groups.setdefault(str(entry.group), []).append(item)
    return [MenuGroup(label, items) for label, items in groups.items()]
