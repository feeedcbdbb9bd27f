"""Making packages and items findable by everyday words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from jingkai.kernel.search import api as search
from jingkai.modules.approvals.models import Item, Package

KIND = "package"
ITEM_KIND = "item"


def index_package(package: Package, *, at: datetime) -> None:
    """Put a package into the public search with its items, materials and the words people use for it."""
    names = [*package.items.values_list("name", "name_en"), *package.materials.values_list("name", "name_en")]
    search.index(
        search.Entry(
            kind=KIND,
            object_id=package.pk,
            title=package.name,
            title_en=package.name_en,
            body="\n".join([package.summary, *(name for name, _name_en in names)]),
            body_en="\n".join([package.summary_en, *(name_en for _name, name_en in names)]),
            keywords=package.keywords,
            url=reverse("approvals:guide", args=[package.code]),
            is_public=package.published,
            weight=10,
        ),
        at=at,
    )


def index_items(items: Sequence[Item], *, at: datetime) -> None:
    """Put items into the public search with the words people use for them; withdrawn ones are hidden."""
    search.index_many(
        [
            search.Entry(
                kind=ITEM_KIND,
                object_id=item.pk,
                title=item.name,
                title_en=item.name_en,
                body=f"{item.result_name}\n{item.conditions}",
                body_en=f"{item.result_name_en}\n{item.conditions_en}",
                keywords=item.keywords,
                url=reverse("approvals:item_guide", args=[item.code]),
                is_public=item.state == Item.State.PUBLISHED,
                weight=5,
            )
            for item in items
        ],
        at=at,
    )
