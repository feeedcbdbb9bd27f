"""Every field that the product takes in or gives out, who may write and read it, and what must fit together.

`docs/security/fields.csv` and `combinations.csv` are made from the code: pages and their forms, operations of
the interface and their schemas, what is masked or shown to some only, encrypted columns, constraints of the
database, checks of forms, and every refusal that people may read. After an intended change:

    python -m tools.access
"""

from __future__ import annotations

import csv
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.forms import BaseForm
from django.utils import translation

from jingkai.kernel.exchange.rest.urls import api
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.parties.queries import sealed_columns
from tests.architecture.fields import field_guards
from tests.architecture.matrix import SECURITY
from tests.architecture.pages import Page, all_pages
from tests.architecture.scopes import PREFIX, operations

FIELDS, COMBINATIONS = SECURITY / "fields.csv", SECURITY / "combinations.csv"
FIELD_HEAD = ("place", "field", "kind", "write", "read")
COMBINATION_HEAD = ("place", "name", "rule")
CONVERTER = re.compile(r"\{\w+:")
"""What stands before the name of a part of an address."""
DEEP = 6
"""How many steps of schemas within schemas are followed."""
Line = tuple[str, ...]


def fields() -> list[Line]:
    """Every field: place, name, kind, who may write it, who may read it; in a fixed order."""
    with translation.override("en"):
        found = {*_page_fields(), *_interface_fields(), *_guarded_fields(), *_sealed_fields()}
    return sorted(found)


def combinations() -> list[Line]:
    """Everything that must fit together, and how it is said: constraints, checks of forms, refusals."""
    with translation.override("en"):
        return sorted({*_constraints(), *_checks_of_forms(), *_refusals()})


def read(path: Path) -> list[Line]:
    """The lines of a list as it lies in the folder, without its head."""
    with path.open(encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def write() -> tuple[int, int]:
    """Write both lists anew; gives how many lines they hold."""
    for path, head, lines in (
        (FIELDS, FIELD_HEAD, fields()),
        (COMBINATIONS, COMBINATION_HEAD, combinations()),
    ):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *lines])
    return len(fields()), len(combinations())


def _page_fields() -> Iterator[Line]:
    """What the form of a page takes in; whoever may open the page writes it and reads it back."""
    for page in all_pages():
        who = _who(page)
        for form in forms_of(page.view):
            for name, one in form.base_fields.items():  # type: ignore[attr-defined]
                yield f"/{page.route}", f"{form.__name__}.{name}", type(one).__name__, who, who


def _who(page: Page) -> str:
    access = page.access
    if access is None:
        return "nobody"
    return " ".join(sorted(access.codes)) if access.kind == "requires" else access.kind


def forms_of(view: Callable[..., Any]) -> set[type[BaseForm]]:
    """The form classes that a view uses, itself or through functions of the product that it calls."""
    found: set[type[BaseForm]] = set()
    seen: set[FunctionType] = set()
    waiting: list[Any] = [inspect.unwrap(view)]
    while waiting:
        function = waiting.pop()
        own = isinstance(function, FunctionType) and function.__module__.startswith("jingkai.")
        if not own or function in seen or ".web" not in function.__module__:
            continue
        seen.add(function)
        for thing in _named_in(function):
            if isinstance(thing, type) and issubclass(thing, BaseForm):
                found.add(thing)
            elif callable(thing):
                waiting.append(inspect.unwrap(thing))
    return {form for form in found if form.__module__.startswith("jingkai.")}


def _named_in(function: FunctionType) -> Iterator[Any]:
    """The things that a function names: globals, and what it asks of modules among them."""
    names = set(_names(function.__code__))
    known = function.__globals__
    for name in sorted(names & known.keys()):
        thing = known[name]
        if isinstance(thing, ModuleType) and thing.__name__.startswith("jingkai."):
            yield from (vars(thing)[one] for one in sorted(names & vars(thing).keys()))
        else:
            yield thing


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _interface_fields() -> Iterator[Line]:
    """What each operation of the interface takes in and gives out, under its scope."""
    schema = api.get_openapi_schema(path_prefix=f"{PREFIX}/")
    scopes = {f"{one.method} {CONVERTER.sub('{', one.address)}": one.scope for one in operations()}
    parts: Mapping[str, Any] = schema.get("components", {}).get("schemas", {})
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            place = f"{method.upper()} {PREFIX}{path.removeprefix(PREFIX)}"
            scope = scopes[place]
            for one in told.get("parameters", ()):
                yield place, one["name"], _kind(one.get("schema", {})), scope, ""
            for name, kind in _leaves(_content(told.get("requestBody", {})), parts):
                yield place, name, kind, scope, ""
            for code, answer in told.get("responses", {}).items():
                if str(code).startswith("2"):
                    for name, kind in _leaves(_content(answer), parts):
                        yield place, name, kind, "", scope


def _content(told: Mapping[str, Any]) -> Mapping[str, Any]:
    for content in told.get("content", {}).values():
        return dict(content.get("schema", {}))
    return {}


def _leaves(
    schema: Mapping[str, Any], parts: Mapping[str, Any], name: str = "", depth: int = 0
) -> Iterator[tuple[str, str]]:
    """The fields of a schema with their kinds; those within others after a dot, lists with `[]`."""
    if "$ref" in schema:
        schema = parts[schema["$ref"].rpartition("/")[2]]
    choices = [one for key in ("anyOf", "allOf", "oneOf") for one in schema.get(key, ())]
    inner = [one for one in choices if "$ref" in one or one.get("type") in ("object", "array")]
    if depth > DEEP:
        return
    if inner:
        for one in inner:
            yield from _leaves(one, parts, name, depth + 1)
    elif schema.get("type") == "array":
        yield from _leaves(schema.get("items", {}), parts, f"{name}[]", depth + 1)
    elif "properties" in schema:
        for key, one in schema["properties"].items():
            yield from _leaves(one, parts, f"{name}.{key}".lstrip("."), depth + 1)
    elif name:
        yield name, _kind(schema)


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = [schema, *schema.get("anyOf", ())]
    return next((str(one["type"]) for one in kinds if one.get("type", "null") != "null"), "any")


def _guarded_fields() -> Iterator[Line]:
    """What is masked, left out, or shown to some only, with the guard that decides."""
    for guard in field_guards():
        yield f"{guard.module}.{guard.name}", guard.what, "guard", "", "as the guard says"


def _sealed_fields() -> Iterator[Line]:
    for one in sealed_columns():
        yield (
            f"table {one.table}",
            one.name.removeprefix(f"{one.table}."),
            "encrypted",
            "the product",
            "its key",
        )


@cache
def _product_modules() -> tuple[ModuleType, ...]:
    """Every file of the product, loaded: what is there must not depend on what else was asked for before."""
    found = []
    for name in sorted(settings.PRODUCT_APPS):
        for one in walk_packages(import_module(name).__path__, f"{name}."):
            parts = set(one.name.split("."))
            if not parts & {"tests", "testing", "migrations"}:
                found.append(import_module(one.name))
    return tuple(found)


def _constraints() -> Iterator[Line]:
    own = set(settings.PRODUCT_APPS)
    for model in apps.get_models():
        if apps.get_app_config(model._meta.app_label).name not in own:
            continue
        for one in model._meta.constraints:
            told = getattr(one, "condition", None) or getattr(one, "expressions", None)
            columns = ", ".join(getattr(one, "fields", ()))
            words = "; ".join(filter(None, (type(one).__name__, columns, str(told) if told else "")))
            yield model._meta.db_table, one.name, words


def _checks_of_forms() -> Iterator[Line]:
    for module in _product_modules():
        for name, thing in vars(module).items():
            own = (
                isinstance(thing, type)
                and issubclass(thing, BaseForm)
                and thing.__module__ == module.__name__
            )
            if own and "clean" in vars(thing):
                words = inspect.getdoc(vars(thing)["clean"]) or inspect.getdoc(thing) or ""
                yield module.__name__, name, words.splitlines()[0] if words else ""


def _refusals() -> Iterator[Line]:
    for module in _product_modules():
        for name, thing in vars(module).items():
            own = isinstance(thing, type) and issubclass(thing, PersonFacingError)
            if own and thing.__module__ == module.__name__ and str(thing.sentence):
                yield module.__name__, name, str(thing.sentence)
