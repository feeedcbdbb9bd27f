"""The matter of a page: read once for a request, and shared by all that the page draws of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404

from jingkai.kernel.permissions.api import Request
from jingkai.modules.approvals import queries, rules
from jingkai.modules.approvals.queries import MatterFile

PLACE = "approvals_matter"
"""Where a request keeps it."""


def of_case(request: Any, case_id: int) -> MatterFile | None:
    """The matter of a case that the page may show; None where the case is no approval."""
    return _kept(request, ("case", case_id), lambda: queries.file_of_case(case_id=case_id))


def of_enterprise(request: Request, uuid: UUID) -> MatterFile:
    """A matter of one of the person's enterprises; every other address leads to nothing."""
    mine = request.actor.enterprise_ids
    found = _kept(request, ("uuid", uuid), lambda: queries.file_of_enterprise(uuid=uuid, enterprise_ids=mine))
    if found is None or not rules.may_read_application(request.actor, found.application):
        raise Http404
    return found


def _kept(request: Any, key: tuple[str, Any], read: Callable[[], MatterFile | None]) -> MatterFile | None:
    kept: dict[tuple[str, Any], MatterFile | None] = request.__dict__.setdefault(PLACE, {})
    if key not in kept:
        kept[key] = read()
    return kept[key]
