"""Translations of all apps in one catalogue for each language, as Django means to hold them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import trans_real
from django.utils.translation.trans_real import TranslationCatalog


class Catalogue(TranslationCatalog):
    """Merges the texts of apps that count alike.

    Django compares a function's code with a function, finds them different, and so keeps one catalogue for
    each app: a text of the last app is looked for in forty, at every one of the 170 texts of a page.
    """

    _plurals: list[Any]

    def update(self, trans: Any) -> None:
        """Take the texts of another app in; they come before those that are there."""
        if trans.plural.__code__ == self._plurals[0].__code__:
            self._catalogs[0].update(trans._catalog)
        else:
            super().update(trans)


def merge_catalogues() -> None:
    """Have every language that is loaded from now on kept so."""
    trans_real.TranslationCatalog = Catalogue  # type: ignore[misc]
