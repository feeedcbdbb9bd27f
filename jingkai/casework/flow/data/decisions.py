"""Decision tables (DMN 1.3) as data, and their cells: a small, safe part of FEEL.

A cell tests one input: `-` (anything), `"a"`, `3`, `true`, `date("2026-01-01")`, `null`, `>= 10`, `[1..5]`,
`(1..5)`, `]1..5[`, several with commas, `not(…)` around them. An output cell is one literal or a list
`["a", "b"]`. Nothing is ever executed: cells become the frozen classes below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

LONGEST_CELL = 500
"""Longest accepted cell, in characters."""

Literal = str | int | float | bool | date | None


class HitPolicy(StrEnum):
    """Which rules count when several fit: none may, the first, or all of them."""

    UNIQUE = "UNIQUE"
    FIRST = "FIRST"
    COLLECT = "COLLECT"


class Aggregation(StrEnum):
    """What a collecting table makes of its values; NONE keeps the list."""

    NONE = ""
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


class UnaryError(ValueError):
    """A cell is outside the language; the text says where."""


class DecisionConflict(Exception):
    """More than one rule of a UNIQUE table fits; `rules` are their ids."""

    def __init__(self, decision: str, rules: Sequence[str]) -> None:
        super().__init__(f"{decision}: {', '.join(rules)}")
        self.decision, self.rules = decision, tuple(rules)


@dataclass(frozen=True, slots=True)
class Compare:
    """`value sign literal`."""

    sign: str
    literal: Literal


@dataclass(frozen=True, slots=True)
class Between:
    """A range with open or closed ends."""

    low: Literal
    high: Literal
    with_low: bool
    with_high: bool


@dataclass(frozen=True, slots=True)
class Unary:
    """The tests of one cell: true when one of them holds (or, negated, none). No tests: anything goes."""

    tests: tuple[Compare | Between, ...] = ()
    negated: bool = False

    def holds(self, value: Any) -> bool:
        """Say whether a value passes; a list passes when one of its members does. Never raises."""
        if not self.tests:
            return True
        members = value if isinstance(value, list | tuple) else (value,)
        return any(_test(test, member) for test in self.tests for member in members) != self.negated


@dataclass(frozen=True, slots=True)
class Column:
    """One input or output: the variable's name and its type (`text`, `number`, `boolean`, `date`)."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a table."""

    id: str
    tests: tuple[Unary, ...]
    outputs: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision table, ready to be asked."""

    id: str
    name: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]
    hit_policy: HitPolicy = HitPolicy.UNIQUE
    aggregation: Aggregation = Aggregation.NONE


def evaluate(decision: Decision, values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the outputs of a table for these values; without a fitting rule they are null (or empty lists).

    Error: DecisionConflict when a UNIQUE table fits twice.
    """
    asked = [values.get(column.name) for column in decision.inputs]
    fitting = [
        rule
        for rule in decision.rules
        if all(test.holds(value) for test, value in zip(rule.tests, asked, strict=True))
    ]
    if decision.hit_policy is HitPolicy.COLLECT:
        return {
            column.name: _aggregate(decision.aggregation, [rule.outputs[place] for rule in fitting])
            for place, column in enumerate(decision.outputs)
        }
    if decision.hit_policy is HitPolicy.UNIQUE and len(fitting) > 1:
        raise DecisionConflict(decision.id, [rule.id for rule in fitting])
    outputs: Sequence[Any] = fitting[0].outputs if fitting else [None] * len(decision.outputs)
    return {column.name: _plain(value) for column, value in zip(decision.outputs, outputs, strict=True)}


def parse_unary(text: str) -> Unary:
    """Read an input cell; raise `UnaryError` on anything outside the language."""
    reader = _Reader(text)
    if not reader.pieces or reader.pieces == ["-"]:
        return Unary()
    negated = reader.pieces[0] == "not"
    if negated:
        reader.take("not")
        reader.take("(")
    tests = [reader.test()]
    while reader.peek() == ",":
        reader.take(",")
        tests.append(reader.test())
    if negated:
        reader.take(")")
    reader.end()
    return Unary(tuple(tests), negated)


def parse_output(text: str) -> Any:
    """Read an output cell: one literal, or a list of them as a tuple. Raises `UnaryError`."""
    reader = _Reader(text)
    if not reader.pieces or reader.pieces == ["-"]:
        return None
    if reader.peek() != "[":
        value: Any = reader.literal()
    else:
        reader.take("[")
        items = [] if reader.peek() == "]" else [reader.literal()]
        while reader.peek() == ",":
            reader.take(",")
            items.append(reader.literal())
        reader.take("]")
        value = tuple(items)
    reader.end()
    return value


def type_of(value: Any) -> str:
    """Name the type of a literal as variables do; null fits every type and is `null`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case date():
            return "date"
        case tuple():
            return "list"
    return "text"


def result_type(decision: Decision, column: Column) -> str:
    """Name the type of the variable that an output fills."""
    if decision.hit_policy is HitPolicy.COLLECT and decision.aggregation is Aggregation.NONE:
        return "list"
    if decision.aggregation is Aggregation.COUNT:
        return "number"
    place = decision.outputs.index(column)
    return "list" if any(isinstance(rule.outputs[place], tuple) for rule in decision.rules) else column.type


def literals_of(unary: Unary) -> list[Literal]:
    """Give every literal of a cell, so that its types can be checked."""
    found: list[Literal] = []
    for test in unary.tests:
        found += [test.literal] if isinstance(test, Compare) else [test.low, test.high]
    return found


_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>\d+(?:\.\d+)?)|(?P<sign><=|>=|!=|<|>|=)
    |(?P<word>[^\W\d]\w*)|(?P<mark>\.\.|[-\[\](),]))""",
    re.VERBOSE,
)
_WORDS: Mapping[str, Literal] = {"true": True, "false": False, "null": None}


class _Reader:
    """Reads one cell from left to right."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_CELL:
            raise UnaryError(text[:40])
        self.pieces: list[str] = []
        place, text = 0, text.strip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise UnaryError(text[place : place + 40])
            self.pieces.append(found[found.lastgroup or 0])
            place = found.end()
        self.place = 0

    def peek(self) -> str:
        return self.pieces[self.place] if self.place < len(self.pieces) else ""

    def next(self) -> str:
        piece = self.peek()
        self.place += 1
        return piece

    def take(self, piece: str) -> None:
        if self.next() != piece:
            raise UnaryError(" ".join(self.pieces)[:40])

    def end(self) -> None:
        if self.place != len(self.pieces):
            raise UnaryError(" ".join(self.pieces)[:40])

    def test(self) -> Compare | Between:
        piece = self.peek()
        if piece in ("<", "<=", ">", ">=", "=", "!="):
            return Compare(self.next(), self.literal())
        if piece in ("[", "(", "]"):
            return self._range()
        return Compare("=", self.literal())

    def _range(self) -> Between:
        with_low = self.next() == "["
        low = self.literal()
        self.take("..")
        high = self.literal()
        closing = self.next()
        if closing not in ("]", ")", "["):
            raise UnaryError(" ".join(self.pieces)[:40])
        found = Between(low, high, with_low, closing == "]")
        if type_of(low) != type_of(high) or type_of(low) not in ("number", "date", "text"):
            raise UnaryError(" ".join(self.pieces)[:40])
        return found

    def literal(self) -> Literal:
        piece = self.next()
        if piece == "-":
            value = self.literal()
            if type_of(value) != "number":
                raise UnaryError("-")
            return -value  # type: ignore[operator]
        if piece.startswith('"'):
            return re.sub(r"\\(.)", r"\1", piece[1:-1])
        if piece[:1].isdecimal():
            return float(piece) if "." in piece else int(piece)
        if piece == "date":
            return self._date()
        if piece not in _WORDS:
            raise UnaryError(piece or "…")
        return _WORDS[piece]

    def _date(self) -> date:
        self.take("(")
        written = self.literal()
        self.take(")")
        try:
            return date.fromisoformat(str(written))
        except ValueError as error:
            raise UnaryError(str(written)) from error


def _test(test: Compare | Between, value: Any) -> bool:
    if isinstance(test, Compare):
        return _compare(value, test.sign, test.literal)
    low = _compare(value, ">=" if test.with_low else ">", test.low)
    return low and _compare(value, "<=" if test.with_high else "<", test.high)


def _compare(value: Any, sign: str, literal: Literal) -> bool:
    if isinstance(literal, date):
        value, literal = (str(value)[:10] if value is not None else None), literal.isoformat()
    if type_of(value) != type_of(literal):
        return sign == "!="
    match sign:
        case "=":
            return bool(value == literal)
        case "!=":
            return bool(value != literal)
    if type_of(value) not in ("number", "text"):
        return False
    return bool(
        {
            "<": value < literal,
            "<=": value <= literal,
            ">": value > literal,
            ">=": value >= literal,
        }[sign]
    )


def _aggregate(aggregation: Aggregation, found: list[Any]) -> Any:
    match aggregation:
        case Aggregation.NONE:
            return [_plain(value) for value in found]
        case Aggregation.COUNT:
            return len(found)
    numbers = [value for value in found if value is not None]
    if aggregation is Aggregation.SUM:
        return sum(numbers)
    pick = min if aggregation is Aggregation.MIN else max
    return pick(numbers, default=None)


def _plain(value: Any) -> Any:
    """Dates and lists as case variables keep them."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
