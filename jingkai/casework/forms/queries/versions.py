"""Reads: published forms, read once per process."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from jingkai.casework.forms.data import Form
from jingkai.casework.forms.models import FormVersion
from jingkai.casework.forms.rules import parse_reference, read_definition

KEPT = 256
"""Forms kept per process by the digest of what they say, so none goes stale."""

_kept: dict[str, Form] = {}


def find_current(key: str) -> FormVersion | None:
    """Give the current version of a form, if one is published."""
    return FormVersion.objects.filter(key=key).order_by("-version").first()


def find_version(reference: str) -> FormVersion | None:
    """Give the version that a step of a drawing names, such as `form:leave.request@3`."""
    found = parse_reference(reference)
    if found is None:
        return None
    return FormVersion.objects.filter(key=found.key, version=found.version).first()


def find_versions(references: Iterable[str]) -> dict[str, FormVersion]:
    """Give the versions that steps of drawings name, by the names; what names none is missing. One query."""
    named = {one: parsed for one in references if (parsed := parse_reference(one)) is not None}
    if not named:
        return {}
    wanted = Q()
    for parsed in named.values():
        wanted |= Q(key=parsed.key, version=parsed.version)
    found = {(row.key, row.version): row for row in FormVersion.objects.filter(wanted)}
    pairs = ((one, found.get((parsed.key, parsed.version))) for one, parsed in named.items())
    return {one: row for one, row in pairs if row is not None}


def form_of(version: FormVersion) -> Form:
    """Give a published form ready for use."""
    if version.digest not in _kept:
        form, _faults = read_definition(version.definition)
        if form is None:  # published forms were read before
            raise ValueError(f"the stored form {version} can't be read")
        if len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)))
        _kept[version.digest] = form
    return _kept[version.digest]
