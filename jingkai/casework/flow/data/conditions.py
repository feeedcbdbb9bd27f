"""The condition language of exclusive gateways.

`outcome == 'approve' and area >= 1000 and not urgent` · `kind in ('new', 'changed')`

Names, texts, numbers, `true`/`false`/`null`, lists of literals, comparisons, `in`, `and`, `or`, `not` and
brackets. No calls, no attributes, no arithmetic: whoever may edit a flow must not be able to run a program.
The text is parsed by Python's own grammar, then translated node by node from an allow-list into the frozen
classes below; nothing of it is ever executed by Python.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_LENGTH = 500
"""Longest accepted condition, in characters."""

Value = str | int | float | bool | None | tuple[Any, ...]

_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_ORDERINGS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}


class ConditionError(ValueError):
    """The text is not a condition; `detail` names the offending part, `reason` is a code."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a syntactically sound condition gets wrong: an unknown name, or types that never meet."""

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A fixed value; a list of literals is a tuple."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name:
    """A case variable, or `outcome`; one that was never set counts as null."""

    id: str


@dataclass(frozen=True, slots=True)
class Not:
    """True when its part is not."""

    part: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    """`and`: true when every part is."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """`or`: true when one part is."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left sign right`; a chain such as `1 < x < 5` becomes several of them under `All`."""

    left: "Expression"
    sign: str
    right: "Expression"


Expression = Literal | Name | Not | All | Some | Comparison


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition, ready to be asked."""

    text: str
    expression: Expression
    names: frozenset[str]

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Say whether the condition is true for these values. Never raises.

        A name without a value is null; ordering null, or values of different types, is false.
        """
        return bool(_value(self.expression, values))

    def problems(self, types: Mapping[str, str]) -> list[Problem]:
        """Check names and types against the declared variables (`text`, `number`, `boolean`, `date`)."""
        unknown = [Problem("unknown-name", name) for name in sorted(self.names - types.keys())]
        return unknown or list(_type_problems(self.expression, types, boolean=True))

    def literals_compared_with(self, name: str) -> frozenset[str]:
        """Return the texts that `name` is compared with, so that a misspelt outcome can be found."""
        return frozenset(_literals(self.expression, name))


def parse_condition(text: str) -> Condition:
    """Parse a condition; raise `ConditionError` on anything outside the language.

    A surrounding `${…}` is accepted, since other modelers write it.
    """
    text = text.strip()
    if text.startswith("${") and text.endswith("}"):
        text = text[2:-1].strip()
    if not text:
        raise ConditionError("empty")
    if len(text) > MAX_LENGTH:
        raise ConditionError("too-long", str(MAX_LENGTH))
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise ConditionError("syntax", text[:80]) from error
    names: set[str] = set()
    return Condition(text, _translate(tree.body, names), frozenset(names))


def _translate(node: ast.expr, names: set[str]) -> Expression:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return All(tuple(_translate(value, names) for value in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return Some(tuple(_translate(value, names) for value in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_translate(operand, names))
        case ast.Compare():
            return _translate_comparison(node, names)
        case ast.Name(id=name):
            return _translate_name(name, names)
        case _:
            return Literal(_literal(node))


def _translate_name(name: str, names: set[str]) -> Expression:
    if name in _WORDS:
        return Literal(_WORDS[name])
    if name.startswith("_"):
        raise ConditionError("not-allowed", name)
    names.add(name)
    return Name(name)


def _translate_comparison(node: ast.Compare, names: set[str]) -> Expression:
    operands = [_translate(part, names) for part in (node.left, *node.comparators)]
    steps: list[Expression] = []
    for left, sign, right in zip(operands, node.ops, operands[1:], strict=False):
        if type(sign) not in _ORDERINGS:
            raise ConditionError("not-allowed", ast.unparse(node))
        if isinstance(sign, ast.In | ast.NotIn) and not _is_list(right):
            raise ConditionError("in-needs-list", ast.unparse(node))
        steps.append(Comparison(left, _ORDERINGS[type(sign)], right))
    return steps[0] if len(steps) == 1 else All(tuple(steps))


def _is_list(expression: Expression) -> bool:
    return isinstance(expression, Literal) and isinstance(expression.value, tuple)


def _literal(node: ast.expr) -> Value:
    match node:
        case ast.Constant(value=str() | bool() | int() | float() | None as value):
            return value
        case ast.Name(id=name) if name in _WORDS:
            return _WORDS[name]
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(_literal(part) for part in parts)
    raise ConditionError("not-allowed", ast.unparse(node)[:80])


def _value(expression: Expression, values: Mapping[str, Any]) -> Any:
    match expression:
        case Literal(value=value):
            return value
        case Name(id=name):
            return values.get(name)
        case Not(part=part):
            return not _value(part, values)
        case All(parts=parts):
            return all(_value(part, values) for part in parts)
        case Some(parts=parts):
            return any(_value(part, values) for part in parts)
        case Comparison(left=left, sign=sign, right=right):
            return _compare(_value(left, values), sign, _value(right, values))


def _compare(left: Any, sign: str, right: Any) -> bool:
    try:
        return _TESTS[sign](left, right)
    except TypeError:
        return False


def _type_of(expression: Expression, types: Mapping[str, str]) -> str:
    match expression:
        case Name(id=name):
            return types[name]
        case Literal(value=bool()):
            return "boolean"
        case Literal(value=str()):
            return "text"
        case Literal(value=int() | float()):
            return "number"
        case Literal(value=None):
            return "null"
        case Literal():
            return "list"
        case _:
            return "boolean"


def _type_problems(expression: Expression, types: Mapping[str, str], *, boolean: bool) -> list[Problem]:
    match expression:
        case Not(part=part):
            return _type_problems(part, types, boolean=True)
        case All(parts=parts) | Some(parts=parts):
            return [problem for part in parts for problem in _type_problems(part, types, boolean=True)]
        case Comparison(left=left, sign=sign, right=right):
            return _comparison_problems(left, sign, right, types)
        case Name() | Literal() if boolean and _type_of(expression, types) != "boolean":
            return [Problem("not-boolean", _words(expression))]
    return []


def _comparison_problems(
    left: Expression, sign: str, right: Expression, types: Mapping[str, str]
) -> list[Problem]:
    inner = [p for side in (left, right) for p in _type_problems(side, types, boolean=False)]
    if sign in ("in", "not in"):
        members = right.value if isinstance(right, Literal) and isinstance(right.value, tuple) else ()
        pairs = [(_type_of(left, types), _type_of(Literal(member), types)) for member in members]
    else:
        pairs = [(_type_of(left, types), _type_of(right, types))]
    clash = any(not _comparable(one, other, sign) for one, other in pairs)
    shown = f"{_words(left)} {sign} {_words(right)}"
    return inner + ([Problem("types-differ", shown)] if clash else [])


def _comparable(one: str, other: str, sign: str) -> bool:
    if "null" in (one, other):
        return sign in ("==", "!=", "in", "not in")
    if {one, other} == {"text", "date"}:
        return True
    return one == other and one != "list" and not (one == "boolean" and sign in ("<", "<=", ">", ">="))


def _words(expression: Expression) -> str:
    match expression:
        case Name(id=name):
            return name
        case Literal(value=value):
            return repr(value)
    return "(…)"


def _literals(expression: Expression, name: str) -> set[str]:
    match expression:
        case Not(part=part):
            return _literals(part, name)
        case All(parts=parts) | Some(parts=parts):
            return {text for part in parts for text in _literals(part, name)}
        case Comparison(left=Name(id=found), right=Literal(value=value)) if found == name:
            return {
                text for text in (value if isinstance(value, tuple) else (value,)) if isinstance(text, str)
            }
        case Comparison(left=Literal(value=str() as text), right=Name(id=found)) if found == name:
            return {text}
    return set()
