"""Rows become objects without what Django does for objects that are made anew."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache
from typing import Any, Self, TypeVar

from django.db.models import Model
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=Model)

Maker = Callable[[str | None, Collection[str], Collection[Any]], Any]
"""Makes the object of a row: the database, the columns' names, their values."""


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


@cache
def maker_of(model: type[Model]) -> Maker:
    """Give what makes an object of a row of this model: the quick way wherever it comes to the same.

    It does not where something hangs on `pre_init` or `post_init`, where the model makes its objects in a way
    of its own, and where a column's value is changed when it is set.
    """
    own: Maker = model.from_db
    is_plain = model.__init__ is Model.__init__ and getattr(own, "__func__", None) is _PLAIN
    heard = pre_init.has_listeners(model) or post_init.has_listeners(model)
    if not is_plain or heard or not all(_is_stored_as_set(model, one.attname) for one in _columns(model)):
        return own
    quick: Maker = QuickRows.from_db.__func__.__get__(model)  # type: ignore[attr-defined]
    return quick


_PLAIN = Model.from_db.__func__  # type: ignore[attr-defined]


def _columns(model: type[Model]) -> Collection[Any]:
    return model._meta.concrete_fields


def _is_stored_as_set(model: type[Model], name: str) -> bool:
    return type(getattr(model, name)) in (DeferredAttribute, ForeignKeyDeferredAttribute)
