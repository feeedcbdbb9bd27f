"""Making packages findable by everyday words."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from jingkai.kernel.search import api as search
from jingkai.modules.approvals.models import Package


def index_package(package: Package, *, at: datetime) -> None:
    """Put a package into the public search with its items, materials and the words people use for it."""
    items = list(package.items.all())
    body = [package.summary, package.keywords, *(item.name for item in items)]
    body += [material.name for material in package.materials.all()]
    body += [package.summary_en, *(item.name_en for item in items)]
    search.index(
        kind="package",
        object_id=package.pk,
        title=package.name,
        title_en=package.name_en,
        body="\n".join(body),
        url=reverse("approvals:guide", args=[package.code]),
        public=package.published,
        at=at,
    )
