"""Translations without gettext's programs: `python -m tools.messages update|check|compile [FOLDER…]`.

Each app keeps its own catalogue `locale/zh_Hans/LC_MESSAGES/django.po`. Message ids are English, so English
needs no catalogue. Python is read by Babel, templates by Django's own `templatize`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
CATALOGUE = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"
SKIPPED = {"tests", "migrations", "node_modules", "locale", "dist"}
KEYWORDS: tuple[str, ...] = ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy")
KEYWORDS += ("pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy")
TEMPLATES = {".html", ".txt"}
CALL = re.compile(r"(?<![\w.])(n?p?gettext(?:_lazy|_noop)?|_)\(")


@dataclass(frozen=True, slots=True)
class Found:
    """One message in a source file: its id (or singular and plural) and, where given, its context."""

    ids: str | tuple[str, str]
    context: str | None
    place: str


def main(arguments: list[str]) -> int:
    """Run one of the three commands; returns the exit code."""
    commands = {"update": update, "check": check, "compile": compile_catalogues}
    if not arguments or arguments[0] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    if not settings.configured:
        settings.configure(USE_I18N=True)
    return commands[arguments[0]](list(_folders(arguments[1:])))


def update(folders: list[Path]) -> int:
    """Bring the catalogues in line with the sources, keep every translation, list what lacks one."""
    missing = 0
    for folder in folders:
        messages, path = list(extract(folder)), folder / CATALOGUE
        if not messages and not path.exists():
            continue
        catalogue = merged(messages, _read(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, catalogue)
        for message in _untranslated(catalogue):
            missing += 1
            print(f"{path.relative_to(ROOT)}: untranslated: {message.id!r}")
    compile_catalogues(folders)
    print(f"{missing} messages lack a translation", file=sys.stderr)
    return 0


def check(folders: list[Path]) -> int:
    """Exit 1 and name each fault: missing, untranslated, left over, broken placeholder, told twice."""
    faults = [fault for folder in folders for fault in faults_of(folder)]
    faults += list(_conflicts(folders))
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def compile_catalogues(folders: list[Path]) -> int:
    """Build each `.mo` file that is missing or older than its catalogue."""
    for path in (folder / CATALOGUE for folder in folders):
        built = path.with_suffix(".mo")
        if path.exists() and (not built.exists() or built.stat().st_mtime < path.stat().st_mtime):
            buffer = BytesIO()
            write_mo(buffer, _read(path))
            draft = built.with_suffix(".mo.new")
            draft.write_bytes(buffer.getvalue())
            draft.replace(built)
    return 0


def faults_of(folder: Path) -> Iterator[str]:
    """What is wrong with one app's catalogue, one line each."""
    path = folder / CATALOGUE
    name, catalogue, wanted = str(path.relative_to(ROOT)), _read(path), set()
    for found in extract(folder):
        wanted.add((_first(found.ids), found.context))
        if catalogue.get(_first(found.ids), found.context) is None:
            yield f"{name}: missing: {_first(found.ids)!r} ({found.place})"
    for message in _messages(catalogue):
        if (_first(message.id), message.context) not in wanted:
            yield f"{name}: no longer used: {_first(message.id)!r}"
        for error in message.check(catalogue):
            yield f"{name}: {_first(message.id)!r}: {error}"
    for message in _untranslated(catalogue):
        yield f"{name}: untranslated: {_first(message.id)!r}"


def merged(messages: Iterable[Found], old: Catalog) -> Catalog:
    """A new catalogue of these messages with the translations and remarks of the old one."""
    catalogue = Catalog(locale=LOCALE, domain="django", project="jingkai", fuzzy=False)
    catalogue.mime_headers  # noqa: B018  (fills in the plural form of the language)
    for found in messages:
        known = old.get(_first(found.ids), found.context)
        string = known.string if known is not None and not known.fuzzy else ""
        if isinstance(found.ids, tuple) and isinstance(string, str):
            string = (string,)
        if isinstance(found.ids, str) and isinstance(string, tuple):
            string = string[0]
        remarks = known.user_comments if known is not None else []
        catalogue.add(found.ids, string, context=found.context, user_comments=remarks)
    return catalogue


def extract(folder: Path) -> Iterator[Found]:
    """All messages of one app, from its Python files and templates."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if SKIPPED & set(parts) or path.name in {"testing.py", "conftest.py"}:
            continue
        place = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)
        if path.suffix == ".py":
            yield from _from_python(path.read_bytes(), place)
        elif path.suffix in TEMPLATES and "templates" in parts:
            yield from _from_template(path.read_text(encoding="utf-8"), place)


def _from_python(source: bytes, place: str) -> Iterator[Found]:
    for line, function, argument, _comments in extract_python(
        BytesIO(source), dict.fromkeys(KEYWORDS), [], {}
    ):
        values: list[str | None] = [argument] if isinstance(argument, str) else list(argument or ())
        yield from _found(str(function), values, f"{place}:{line}")


def _from_template(source: str, place: str) -> Iterator[Found]:
    text = templatize(source, place)
    for call in CALL.finditer(text):
        values = _arguments(text, call.end())
        line = text.count("\n", 0, call.start()) + 1
        yield from _found(call.group(1), values, f"{place}:{line}")


def _found(function: str, values: list[str | None], place: str) -> Iterator[Found]:
    texts = [value for value in values if isinstance(value, str)]
    context = texts.pop(0) if "p" in function.split("gettext")[0] and texts else None
    if not texts or not texts[0]:
        return
    plural = function.startswith("n") and len(texts) > 1
    yield Found((texts[0], texts[1]) if plural else texts[0], context, place)


def _arguments(text: str, start: int) -> list[str | None]:
    """The string arguments of a call whose bracket opens just before `start`."""
    position, values = start, []
    while match := re.compile(r"\s*u?(['\"])").match(text, position):
        end = _string_end(text, match.start(1))
        values.append(str(ast.literal_eval(text[match.start(1) : end])))
        comma = re.compile(r"\s*,").match(text, end)
        if comma is None:
            break
        position = comma.end()
    return list(values)


def _string_end(text: str, start: int) -> int:
    quote = text[start] * 3 if text.startswith(text[start] * 3, start) else text[start]
    position = start + len(quote)
    while not text.startswith(quote, position):
        position += 2 if text[position] == "\\" else 1
    return position + len(quote)


def _conflicts(folders: list[Path]) -> Iterator[str]:
    told: dict[tuple[str, str | None], tuple[object, Path]] = {}
    for folder in folders:
        for message in _messages(_read(folder / CATALOGUE)):
            key, place = (_first(message.id), message.context), folder.relative_to(ROOT)
            first = told.setdefault(key, (message.string, place))
            if _as_text(first[0]) != _as_text(message.string):
                yield (
                    f"{place} and {first[1]} translate {key[0]!r} differently ({message.string!r},"
                    f" {first[0]!r}); only one can win: use a context (pgettext)"
                )


def _as_text(string: object) -> object:
    return string[0] if isinstance(string, tuple | list) and string else string


def _first(ids: object) -> str:
    return str(ids[0]) if isinstance(ids, tuple | list) else str(ids)


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _untranslated(catalogue: Catalog) -> list[Message]:
    return [
        message
        for message in _messages(catalogue)
        if message.fuzzy or not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LOCALE, domain="django", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, domain="django")


def _write(path: Path, catalogue: Catalog) -> None:
    buffer = BytesIO()
    write_po(buffer, catalogue, no_location=True, sort_output=True, omit_header=True, width=110)
    header = (
        f'msgid ""\nmsgstr ""\n"Language: {LOCALE}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    path.write_text(header + buffer.getvalue().decode(), encoding="utf-8")


def _folders(names: list[str]) -> Iterator[Path]:
    if names:
        for name in names:
            if not Path(name).is_dir():
                raise SystemExit(f"{name} is not a folder")
            yield Path(name).resolve()
        return
    yield from sorted(path.parent for path in (ROOT / "jingkai").glob("**/apps.py"))
    yield ROOT / "jingkai" / "config"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
