"""The guards of single things and fields: found in the sources, and weakened one at a time.

A guard of an address asks for a right; these ask whose a thing is. They are not declared in one place, so
they are found by what they read: a function that is given an actor (or the parties whose grants are used)
and compares them, or narrows a question to the database by them. A mutant is the same function with one such
condition gone, always in the direction that lets more people in. It lives in this process alone: the code
behind the function is exchanged, so every place that imported it asks the weaker one.
"""

from __future__ import annotations
import __future__

import ast
import copy
import importlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import CodeType
from typing import Any

from tests.architecture.tree import ROOT, parsed, python_files, short

RELATIONS = frozenset(
    {
        *("party_id", "grantees", "pools", "enterprise_ids", "on_behalf_of", "permissions"),
        *("post_ids", "unit_ids", "enterprise_id"),
    }
)
"""What an actor, or the token of another system, carries that says what is theirs."""
ACTORS = ("Actor", "Caller")
PARTIES = ("grantees", "pools")
"""Names under which the parties of an actor are handed on."""
YES_REFUSES = ("has_lost_post", "must_have_second_factor")
"""Functions whose yes keeps somebody out."""
NARROWING = ("filter", "get", "Q", "get_object_or_404")
LETS_IN: dict[type[ast.cmpop], bool] = {ast.In: True, ast.Eq: True, ast.NotIn: False, ast.NotEq: False}
"""What a comparison says when it is gone: that the thing is theirs. One that leads to a refusal says no."""
CHECKS = ("check_", "_check", "require_")
"""Functions that say no by an error."""
NOTED = "_guards_asked"
"""Under this name a function that is watched finds the list in which it notes itself."""
DOUBLED = {
    ("jingkai.casework.cases.queries.entry", "get_task_for", "grantee_id__in=by.grantees"): (
        "`may_act` refuses who does not hold the task, whether the case is seen or not"
    ),
    ("jingkai.casework.inbox.queries.entry", "get_task_seen", "grantee_id__in=actor.grantees"): (
        "`urge_task` asks for the starter, the applicant or a supervisor"
    ),
    ("jingkai.casework.inbox.queries.entry", "get_own_reading", "reader_id=actor.party_id"): (
        "`mark_read` refuses everybody but the reader"
    ),
}
"""Guards behind which a walk meets another one that says the same, and which."""
ELSEWHERE = {
    ("jingkai.kernel.accounts.rules", "must_have_second_factor", "refuses nobody"): (
        "jingkai/kernel/accounts/tests/test_middleware.py"
    ),
    ("jingkai.casework.cases.queries.entry", "get_task_for", "posts__in=by.post_ids"): (
        "jingkai/casework/cases/tests/test_holding.py"
    ),
    ("jingkai.modules.approvals.rules", "_may_add_later", "ACCEPT in actor.permissions"): (
        "jingkai/modules/approvals/tests/test_conditions.py"
    ),
    ("jingkai.modules.enterprises.queries.rights", "may_see_of", "handler_id == actor.party_id"): (
        "jingkai/modules/enterprises/tests/test_handing.py"
    ),
}
"""Guards of which the walk has no intruder, and the tests that notice them."""
Function = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition about a person in one function: the line where it stands and the weakening of it."""

    module: str
    function: str
    line: int
    number: int
    what: str

    @property
    def name(self) -> tuple[str, str, str]:
        """What it is called where something is said about it; lines move."""
        return self.module, self.function, self.what

    @property
    def place(self) -> tuple[str, str]:
        """The function in which it stands."""
        return self.module, self.function

    def __str__(self) -> str:
        return f"{self.module}.{self.function}:{self.line} {self.what}"


@cache
def guards() -> tuple[Guard, ...]:
    """Every condition about a person in the product, in the order of the files."""
    return tuple(
        Guard(module, name, line, number, what)
        for module, name, node in _functions()
        for number, (line, what, _change) in enumerate(_weakenings(node))
    )


@contextmanager
def watched(places: Iterable[tuple[str, str]], asked: set[tuple[str, str]]) -> Iterator[None]:
    """While it lasts, each of these functions notes in `asked` that it was called."""
    sources = {(module, name): node for module, name, node in _functions()}
    with noting([(*place, sources[place]) for place in places], asked):
        yield


@contextmanager
def noting(
    sources: Iterable[tuple[str, str, ast.FunctionDef]], asked: set[tuple[str, str]]
) -> Iterator[None]:
    """While it lasts, each function of these sources notes in `asked` that it was called."""
    before = []
    for module, name, source in sources:
        function = _function(module, name)
        node = copy.deepcopy(source)
        node.body.insert(0, ast.parse(f"{NOTED}.add({(module, name)!r})").body[0])
        code = _compiled(node, function)
        if code is not None:
            function.__globals__[NOTED] = asked
            before.append((function, function.__code__))
            function.__code__ = code
    try:
        yield
    finally:
        for function, code in before:
            function.__code__ = code


@contextmanager
def weakened(guard: Guard) -> Iterator[None]:
    """While it lasts, one condition lets in everybody whom it kept out."""
    node = next(node for module, name, node in _functions() if (module, name) == guard.place)
    changed = copy.deepcopy(node)
    _line, _what, change = list(_weakenings(changed))[guard.number]
    change()
    with exchanged(guard.place, changed):
        yield


@contextmanager
def exchanged(place: tuple[str, str], changed: ast.FunctionDef) -> Iterator[None]:
    """While it lasts, one function does what its changed source says."""
    function = _function(*place)
    before, code = function.__code__, _compiled(changed, function)
    assert code is not None, f"{place}: cannot be exchanged"
    function.__code__ = code
    try:
        yield
    finally:
        function.__code__ = before


def _compiled(node: ast.FunctionDef, function: Function) -> CodeType | None:
    """The code of a changed function; None where it no longer needs the same variables from around it."""
    bare = copy.copy(node)
    bare.decorator_list = []
    around = ", ".join(f"{name}=None" for name in function.__code__.co_freevars)
    maker = ast.parse(f"def _around({around}): pass").body[0]
    assert isinstance(maker, ast.FunctionDef)
    maker.body = [bare, ast.Return(ast.Name(node.name, ast.Load()))]
    tree = ast.fix_missing_locations(ast.Module([maker], []))
    found: dict[str, Any] = {}
    flags = __future__.annotations.compiler_flag
    whole = compile(tree, function.__code__.co_filename, "exec", flags=flags, dont_inherit=True)
    exec(whole, dict(function.__globals__), found)
    code: CodeType = found["_around"]().__code__
    return code if code.co_freevars == function.__code__.co_freevars else None


def _function(module: str, name: str) -> Function:
    found: Any = inspect.unwrap(attrgetter(name)(importlib.import_module(module)))
    return found  # type: ignore[no-any-return]


@cache
def _functions() -> tuple[tuple[str, str, ast.FunctionDef], ...]:
    """The functions at the top of the product's files that decide by a person."""
    return tuple(
        (module_of(path), node.name, node)
        for path in product_files()
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef) and next(_weakenings(node), None)
    )


@cache
def product_files() -> tuple[Path, ...]:
    """The files of the product in which somebody may be kept out; addresses are guarded elsewhere."""
    return tuple(path for path in python_files() if _is_product(path))


def _is_product(path: Path) -> bool:
    parts = set(path.relative_to(ROOT).parts)
    aside = {"tests", "testing", "testing.py", "migrations", "demo", "cli.py"}
    of_addresses = short(path).startswith("jingkai/kernel/permissions/")
    return path.relative_to(ROOT).parts[0] == "jingkai" and not parts & aside and not of_addresses


def module_of(path: Path) -> str:
    """The name under which a file is imported."""
    return short(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _weakenings(node: ast.FunctionDef) -> Iterator[tuple[int, str, Callable[[], None]]]:
    """Each condition about a person in a function: its line, what it asks, and how to take it away."""
    people = _people(node)
    if not people:
        return
    if node.name in YES_REFUSES:
        yield node.lineno, "refuses nobody", lambda: _empty(node, False)
        return
    if node.name.startswith("may_") or (_returns(node) == "bool" and _mentions(node, people)):
        yield node.lineno, "says yes to everybody", lambda: _empty(node, True)
    if node.name.startswith(CHECKS) and _returns(node) == "None" and _mentions(node, people):
        yield node.lineno, "checks nothing", lambda: _empty(node, None)
    refusing = _refusing(node)
    for parent in ast.walk(node):
        for name, value in ast.iter_fields(parent):
            for index, one in enumerate(value if isinstance(value, list) else [value]):
                if isinstance(one, ast.Compare) and _decides(one, people):
                    place = (value, index) if isinstance(value, list) else (parent, name)
                    answer = LETS_IN[type(one.ops[0])] and one not in refusing
                    yield one.lineno, ast.unparse(one), _replacing(place, answer)
        if isinstance(parent, ast.Call) and _called(parent) in NARROWING:
            for keyword in parent.keywords:
                if keyword.arg and _mentions(keyword.value, people):
                    yield keyword.value.lineno, ast.unparse(keyword), _dropping(parent, keyword)


def _people(node: ast.FunctionDef) -> frozenset[str]:
    """The parameters of a function that are people: actors, and the parties whose grants are used."""
    given = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return frozenset(
        one.arg
        for one in given
        if one.arg in PARTIES
        or (one.annotation is not None and ast.unparse(one.annotation).split(" ")[0].strip("'") in ACTORS)
    )


def _mentions(node: ast.AST, people: frozenset[str]) -> bool:
    """Whether what somebody is or has is read here."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
            if one.value.id in people and one.attr in RELATIONS:
                return True
        elif isinstance(one, ast.Name) and one.id in people and one.id in PARTIES:
            return True
    return False


def _decides(node: ast.Compare, people: frozenset[str]) -> bool:
    return len(node.ops) == 1 and type(node.ops[0]) in LETS_IN and _mentions(node, people)


def _refusing(node: ast.FunctionDef) -> set[ast.AST]:
    """What stands in conditions that lead to an error, or to a plain no."""
    conditions = [one.test for one in ast.walk(node) if isinstance(one, ast.If) and _refuses(one.body[0])]
    return {part for one in conditions for part in _straight(one)}


def _straight(node: ast.AST) -> Iterator[ast.AST]:
    """A condition and its parts, without what stands behind a “not”."""
    yield node
    if not (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)):
        for part in ast.iter_child_nodes(node):
            yield from _straight(part)


def _refuses(node: ast.stmt) -> bool:
    if isinstance(node, ast.Return):
        return isinstance(node.value, ast.Constant) and not node.value.value
    return isinstance(node, ast.Raise)


def _returns(node: ast.FunctionDef) -> str:
    return ast.unparse(node.returns) if node.returns else ""


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _empty(node: ast.FunctionDef, value: bool | None) -> None:
    node.body[:] = [ast.Return(ast.Constant(value))]


def _replacing(place: tuple[Any, Any], value: bool) -> Callable[[], None]:
    def change() -> None:
        where, which = place
        if isinstance(where, list):
            where[which] = ast.Constant(value)
        else:
            setattr(where, which, ast.Constant(value))

    return change


def _dropping(call: ast.Call, keyword: ast.keyword) -> Callable[[], None]:
    """Without the condition; one that stands alone says yes to every row, else it would just vanish."""

    def change() -> None:
        if _called(call) == "Q" and len(call.keywords) == 1 and not call.args:
            keyword.arg, keyword.value = "pk__isnull", ast.Constant(False)
        else:
            call.keywords.remove(keyword)

    return change
