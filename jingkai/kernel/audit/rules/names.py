"""How the trail's numbers and codes become words: told by the apps above, since the trail stands below them.

In an app's `ready`: `describe_actions({"case.accepted": _("Case accepted")})` and
`describe_stream("cases.case", _("Case"))`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

NameSource = Callable[[Iterable[int]], Mapping[int, Any]]
"""Gives for party numbers their names: texts, or things with `name` (and `name_en`)."""


_actions: dict[str, Any] = {}
_streams: dict[str, Any] = {}
_sources: list[NameSource] = []


def describe_actions(words: Mapping[str, Any]) -> None:
    """Say what actions are called (lazily translated texts by action code)."""
    _actions.update(words)


def describe_stream(kind: str, label: Any) -> None:
    """Say what a kind of subject is called (a lazily translated text).

    Whoever reads the trail may open none of the pages of what it speaks of (三员): the trail leads only to
    other entries of the same subject.
    """
    _streams[kind] = label


def set_name_source(source: NameSource) -> None:
    """Say where the names of parties come from (one query for any number)."""
    _sources[:] = [source]


def action_words(code: str) -> str:
    """Give an action in words, or its code where nobody described it."""
    return str(_actions.get(code, code))


def known_actions() -> dict[str, str]:
    """Give every described action, by code."""
    return {code: str(words) for code, words in _actions.items()}


def known_streams() -> dict[str, str]:
    """Give every described kind of subject, by code."""
    return {kind: str(label) for kind, label in _streams.items()}


def stream_words(kind: str, number: int) -> str:
    """Give a subject in words, or its kind where nobody described it."""
    return f"{_streams.get(kind, kind)} {number}"


def party_names(numbers: Iterable[int], known: Mapping[int, Any] | None = None) -> dict[int, str]:
    """Give the names of parties; a party that is unknown is called by its number.

    `known` are names that the caller has read already; then nothing is asked.
    """
    wanted = sorted(set(numbers))
    if known is None:
        known = _sources[0](wanted) if _sources and wanted else {}
    return {number: _name_of(known.get(number), number) for number in wanted}


def _name_of(found: Any, number: int) -> str:
    if found is None:
        return _("party %(number)s") % {"number": number}
    return found if isinstance(found, str) else str(found.name)


def kind_words(kind: str) -> str:
    """Give what an actor without a party is called."""
    words = {
        "system": _("The system"),
        "visitor": _("Visitor"),
        "staff": _("Officer"),
        "program": _("Another system"),
    }
    return words.get(kind, _("Enterprise"))


def result_words(code: str) -> str:
    """Give a result in words."""
    words = {"done": _("done"), "refused": _("refused"), "failed": _("failed")}
    return words.get(code, code)
