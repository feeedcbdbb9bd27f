"""Reactions to what happens to matters: their facts are written again, whatever came first."""

from __future__ import annotations

from jingkai.modules.approvals.events import ItemConcluded, ResultSealed
from jingkai.modules.efficiency import operations


def on_item_concluded(event: ItemConcluded) -> None:
    """The work on one item is done."""
    operations.refresh_matter(application_id=event.application_id)


def on_result_sealed(event: ResultSealed) -> None:
    """A result is sealed: the items of its matter are handled."""
    operations.refresh_matter(application_id=event.application_id)
