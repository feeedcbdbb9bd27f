"""The address book with a register: an address is compared with the few that begin with the same word."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.urls import ResolverMatch, URLPattern, URLResolver
from django.urls.resolvers import RoutePattern

Entry = URLPattern | URLResolver


class Register(URLResolver):
    """Holds all addresses like any other list of them; only finding the page of one takes a short cut.

    Django compares an address with every pattern one after the other, in hundreds of steps.
    """

    def __init__(self, entries: list[Entry]) -> None:
        super().__init__(RoutePattern(""), entries)

    def resolve(self, path: str) -> ResolverMatch:
        """Find the page; raises Resolver404 like any list of addresses."""
        word = str(path).partition("/")[0]
        return self._shelves.get(word, self._rest).resolve(path)

    @cached_property
    def _shelves(self) -> dict[str, URLResolver]:
        return {word: _shelf(self.url_patterns, word) for word in _words(self.url_patterns)}

    @cached_property
    def _rest(self) -> URLResolver:
        """What begins with a value instead of a word."""
        return _shelf(self.url_patterns, None)


def _first_word(entry: Entry) -> str | None:
    """Give the fixed word with which the addresses of an entry begin, None where it is a value."""
    if not isinstance(entry.pattern, RoutePattern):
        return None
    word = str(entry.pattern).partition("/")[0]
    return None if "<" in word else word


def _is_transparent(entry: Entry) -> bool:
    """Tell whether an entry only passes addresses on to a list of its own."""
    return isinstance(entry, URLResolver) and _first_word(entry) == "" and not str(entry.pattern)


def _words(entries: Iterable[Entry]) -> set[str]:
    words: set[str] = set()
    for entry in entries:
        if isinstance(entry, URLResolver) and _is_transparent(entry):
            words |= _words(entry.url_patterns)
        elif (word := _first_word(entry)) is not None:
            words.add(word)
    return words


def _shelf(entries: Iterable[Entry], word: str | None) -> URLResolver:
    return URLResolver(RoutePattern(""), _fitting(entries, word))


def _fitting(entries: Iterable[Entry], word: str | None) -> list[Entry]:
    """Give the entries, in their order, that an address with this first word can belong to."""
    found: list[Entry] = []
    for entry in entries:
        if isinstance(entry, URLResolver) and _is_transparent(entry):
            if inner := _fitting(entry.url_patterns, word):
                found.append(
                    URLResolver(entry.pattern, inner, entry.default_kwargs, entry.app_name, entry.namespace)
                )
        elif _first_word(entry) in (None, word):
            found.append(entry)
    return found
