"""One English message has one Chinese translation: Django merges the apps' catalogues into one."""

from __future__ import annotations

from collections import defaultdict

from babel.messages.pofile import read_po

from tests.architecture.tree import PRODUCT


def test_a_message_has_one_translation_in_all_apps() -> None:
    """Two apps that mean different things by one word use a context (`pgettext`) or another wording."""
    said: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(PRODUCT.rglob("zh_Hans/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                first = message.id if isinstance(message.id, str) else message.id[0]
                words = message.string if isinstance(message.string, str) else message.string[0]
                if first and words:
                    said[message.context or "", first][words].append(path.parents[2].name)
    conflicts = {key[1]: dict(words) for key, words in said.items() if len(words) > 1}
    assert not conflicts, conflicts
