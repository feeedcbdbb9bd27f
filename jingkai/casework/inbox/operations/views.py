"""Saved views: a person's own filters, named. They leave no trail, for they are nobody's business."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jingkai.casework.inbox.data import ListPage
from jingkai.casework.inbox.models import SavedView
from jingkai.kernel.hooks.data import PersonFacingError
from jingkai.kernel.permissions.data import Actor

MOST_VIEWS = 20
"""Saved views per person and list; more than this nobody finds again."""


class TooManyViews(PersonFacingError):
    """The person has as many saved views of this list as are allowed."""

    sentence = _("You have saved %(most)s views of this list already.")
    advice = _("Delete one that you no longer use, then save this one.")


@transaction.atomic
def save_view(
    *, page: ListPage, name: str, query: str, is_default: bool, by: Actor, at: datetime
) -> SavedView:
    """Save a filter under a name; the same name again replaces what it stood for."""
    own = SavedView.objects.select_for_update().filter(person_id=by.party_id, page=page.value)
    names = {view.name for view in own}
    if name not in names and len(names) >= MOST_VIEWS:
        raise TooManyViews(most=MOST_VIEWS)
    if is_default:
        own.filter(is_default=True).update(is_default=False)
    view, _created = SavedView.objects.update_or_create(
        person_id=by.party_id,
        page=page.value,
        name=name,
        defaults={"query": query, "is_default": is_default, "saved_at": at},
    )
    return view


@transaction.atomic
def delete_view(*, view: SavedView) -> None:
    """Forget a saved view."""
    view.delete()
