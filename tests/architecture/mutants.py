"""Rules about one person and one thing, switched off one at a time in this process.

Such a rule is a function of the product: `may_…(actor, thing) -> bool`, or a look-up that finds only what is
one's own (`_own`, `_mine`). Whoever imported it has the same function, so its code is exchanged and not its
name: while `instrumented()` lasts each of them notes that it was asked, and the one that is off says yes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any, get_type_hints
from uuid import UUID

from django.db.models import Model

NAMES = re.compile(r"may_\w+|_own|_own_\w+|_mine")
WHO = ("actor", "request", "by", "person", "person_id")


@dataclass
class Switchboard:
    """Which rules there are, which were asked, and which one is off."""

    rules: dict[str, FunctionType] = field(default_factory=dict)
    originals: dict[str, FunctionType] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    off: str = ""


board = Switchboard()


def rules_of_the_product() -> dict[str, FunctionType]:
    """Every rule about a person and a thing, by its full name."""
    found = {}
    for name, module in sorted(sys.modules.items()):
        if not name.startswith("jingkai.") or ".tests" in name or name.endswith("testing"):
            continue
        for word, value in vars(module).items():
            if isinstance(value, FunctionType) and value.__module__ == name and _is_rule(word, value):
                found[f"{name.removeprefix('jingkai.')}.{word}"] = value
    return found


def _is_rule(word: str, function: FunctionType) -> bool:
    code = function.__code__
    about = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return bool(NAMES.fullmatch(word) and not code.co_freevars and set(WHO) & set(about) and len(about) > 1)


@contextmanager
def instrumented() -> Iterator[Switchboard]:
    """While it lasts, every rule goes through the switchboard."""
    board.rules = rules_of_the_product()
    board.originals = {name: _copy(rule) for name, rule in board.rules.items()}
    kept = {name: (rule.__code__, rule.__defaults__) for name, rule in board.rules.items()}
    try:
        for name, rule in board.rules.items():
            rule.__code__, rule.__defaults__ = _through_the_switchboard(name), None
        yield board
    finally:
        board.off = ""
        for name, rule in board.rules.items():
            rule.__code__, rule.__defaults__ = kept[name]


def _copy(rule: FunctionType) -> FunctionType:
    copy = FunctionType(rule.__code__, rule.__globals__, rule.__name__, rule.__defaults__)
    copy.__kwdefaults__, copy.__annotations__ = rule.__kwdefaults__, rule.__annotations__
    return copy


def _through_the_switchboard(name: str) -> CodeType:
    lines = (
        "def asked(*args, **kwargs):",
        "    from tests.architecture.mutants import answer",
        f"    return answer({name!r}, args, kwargs)",
    )
    space: dict[str, Any] = {}
    exec("\n".join(lines), space)
    code: CodeType = space["asked"].__code__
    return code


def answer(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a rule says; the one that is off says yes, or gives the thing to whoever asks."""
    board.asked.add(name)
    rule = board.originals[name]
    if name != board.off:
        return rule(*args, **kwargs)
    wanted = get_type_hints(rule, rule.__globals__).get("return")
    if not (isinstance(wanted, type) and issubclass(wanted, Model)):
        return True
    number = next(value for value in (*args, *kwargs.values()) if isinstance(value, UUID))
    return wanted._default_manager.get(uuid=number)
