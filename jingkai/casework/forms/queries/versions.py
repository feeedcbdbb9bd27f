"""Reads: published forms, read once per process."""

from __future__ import annotations

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
