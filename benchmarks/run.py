"""Which parts are measured, over one small organisation."""

from __future__ import annotations

import argparse
from collections.abc import Collection

from django.contrib.auth import get_user_model
from django.db import transaction

from benchmarks.engine import measure_engines, measure_memory
from benchmarks.engines.ours import Ours, OursAlone
from benchmarks.engines.spiff import Spiff
from benchmarks.engines.viewflow import Viewflow
from benchmarks.lists import fill, measure_lists
from benchmarks.pages import measure_pages
from benchmarks.report import Table
from jingkai.kernel.organisation.testing import Cast, make_cast


def run(parts: Collection[str], chosen: argparse.Namespace) -> list[Table]:
    """Measure the parts and give their tables."""
    with transaction.atomic():
        cast = make_cast()
    tables: list[Table] = []
    if "engine" in parts:
        tables += measure_engines(_engines(cast), rounds=chosen.rounds)
    if "memory" in parts:
        tables.append(measure_memory(Ours(cast.enterprise.pk), cases=chosen.cases))
    if {"lists", "pages"} & set(parts):
        fill(cast, chosen.scale)
    if "lists" in parts:
        tables += measure_lists(cast, scale=chosen.scale)
    if "pages" in parts:
        tables += measure_pages(cast, scale=chosen.scale)
    return tables


def _engines(cast: Cast) -> list[object]:
    pools = {node: cast.unit(node) for node in ("fire", "airdefence", "quality")}
    user = get_user_model().objects.create(username="bench")
    applicant = cast.enterprise.pk
    return [OursAlone(applicant), Ours(applicant), Spiff(pools), Viewflow(user)]
