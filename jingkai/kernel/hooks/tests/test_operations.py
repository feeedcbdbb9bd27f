"""Registries keep what apps give them, in order, and refuse two claims to one place."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from jingkai.kernel.hooks.api import AlreadyRegistered, Registry


@dataclass(frozen=True)
class Item:
    key: str
    order: int = 0


def _registry() -> Registry[Item]:
    return Registry("items", key=lambda item: item.key)


def test_registry_gives_items_by_order_then_as_they_came() -> None:
    registry = _registry()
    for item in (Item("c", 2), Item("b", 1), Item("a", 1)):
        registry.register(item)
    assert [item.key for item in registry.all()] == ["b", "a", "c"]


def test_registry_takes_an_equal_item_twice() -> None:
    registry = _registry()
    registry.register(Item("a"))
    registry.register(Item("a"))
    assert len(registry.all()) == 1


def test_registry_refuses_another_item_in_the_same_place() -> None:
    registry = _registry()
    registry.register(Item("a"))
    with pytest.raises(AlreadyRegistered):
        registry.register(Item("a", 5))


def test_registry_without_a_key_keeps_functions_apart() -> None:
    registry: Registry[object] = Registry("functions")
    registry.register(len)
    registry.register(len)
    registry.register(max)
    assert registry.all() == (len, max)


def test_registry_replaces_an_item() -> None:
    registry = _registry()
    old = registry.register(Item("a"))
    registry.replace(old, replace(old, order=9))
    assert registry.get("a") == Item("a", 9)


def test_registry_holds_test_items_only_inside_the_block() -> None:
    registry = _registry()
    registry.register(Item("a"))
    with registry.including(Item("b")):
        registry.register(Item("c"))
        assert {item.key for item in registry.all()} == {"a", "b", "c"}
    assert {item.key for item in registry.all()} == {"a", "c"}
    with registry.only(Item("b")):
        assert registry.all() == (Item("b"),)
    assert registry.get("b") is None
