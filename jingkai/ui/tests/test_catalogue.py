"""The Chinese catalogue is complete and has nothing left over."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

UI = Path(__file__).resolve().parents[1]
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


def _sources() -> list[str]:
    pages = [templatize(path.read_text(encoding="utf-8")) for path in UI.glob("templates/**/*.html")]
    return pages + [
        path.read_text(encoding="utf-8") for path in (*UI.glob("*.py"), *UI.glob("templatetags/*.py"))
    ]


def test_catalogue_is_complete_and_exact() -> None:
    found = {
        message if isinstance(message, str) else message[0]
        for source in _sources()
        for _, message, _, _ in extract("python", BytesIO(source.encode()), keywords=KEYWORDS)
    }
    with (UI / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale="zh_Hans") if entry.id]
    known = {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in entries}
    assert found == known
    assert all(entry.string and not entry.fuzzy for entry in entries)
