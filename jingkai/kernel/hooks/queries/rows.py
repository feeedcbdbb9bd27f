"""Rows of long lists become objects without what Django does for objects that are made anew."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Self

from django.db.models.base import ModelState


class QuickRows:
    """Comes before `models.Model` where lists show a hundred at a time: rows are taken as they were read.

    Nothing may hang on `pre_init` and `post_init` of such a model: reading sends neither.
    """

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **_more: Any
    ) -> Self:
        """Make the object of a row; columns that were not read are loaded when asked for."""
        made, state = cls.__new__(cls), ModelState()
        state.adding, state.db = False, db
        made.__dict__.update(zip(field_names, values, strict=False), _state=state)
        return made
