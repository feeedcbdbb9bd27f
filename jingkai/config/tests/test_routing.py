"""The register finds what Django's own search through all addresses finds."""

import pytest
from django.urls import Resolver404, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from jingkai.config.routing import Register
from jingkai.config.urls import urlpatterns

NOBODYS = "00000000-0000-0000-0000-000000000000"
VALUES = {"uuid": NOBODYS, "int": "7", "slug": "permit", "str": "word", "path": "a/b"}


def _addresses(entry: object, before: str = "") -> list[str]:
    """Write an address for every page, with a value of each kind where one belongs."""
    if isinstance(entry, URLResolver):
        here = before + str(entry.pattern)
        return [address for one in entry.url_patterns for address in _addresses(one, here)]
    address = before + str(entry.pattern)  # type: ignore[attr-defined]
    while "<" in address:
        start, end = address.index("<"), address.index(">")
        kind = address[start + 1 : end].split(":")[0] if ":" in address[start:end] else "str"
        address = address[:start] + VALUES.get(kind, "word") + address[end + 1 :]
    return [address]


def _found(resolver: URLResolver, address: str) -> tuple[object, ...]:
    try:
        match = resolver.resolve(address)
    except Resolver404:
        return (None,)
    return match.func, match.args, match.kwargs, match.view_name, match.route, match.namespaces


def test_every_page_is_found_as_without_the_register() -> None:
    register = urlpatterns[0]
    assert isinstance(register, Register)
    plain = URLResolver(RoutePattern(""), register.url_patterns)
    addresses = _addresses(register)
    assert len(addresses) > 400
    assert [one for one in addresses if _found(register, one) != _found(plain, one)] == []
    assert sum(_found(register, one) != (None,) for one in addresses) > 0.9 * len(addresses)


@pytest.mark.parametrize("address", ["", "no-such-page/", "desk", "desk/no/such", "//", "/desk/", "ui/none"])
def test_what_is_not_there_is_not_found_either(address: str) -> None:
    register = urlpatterns[0]
    plain = URLResolver(RoutePattern(""), register.url_patterns)  # type: ignore[union-attr]
    assert _found(register, address) == _found(plain, address)  # type: ignore[arg-type]


def test_names_lead_to_addresses() -> None:
    assert get_resolver().reverse("account_login") == "accounts/login/"
