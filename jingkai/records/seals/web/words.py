"""What the kinds of papers are called that are sealed under a standing authorisation."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language

from jingkai.records.seals.rules import standing_papers
from jingkai.ui.words import listed


def paper_choices() -> list[tuple[str, str]]:
    """The kinds of papers that may be sealed so, named in the reader's language."""
    chinese = (get_language() or "").startswith("zh")
    return [(paper.code, paper.name if chinese else paper.name_en) for paper in standing_papers.all()]


def paper_words(codes: Iterable[str]) -> str:
    """The kinds with these codes, named in the reader's language."""
    names = dict(paper_choices())
    return listed(names.get(code, code) for code in codes)
