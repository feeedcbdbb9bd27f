"""Who acts and when, on every request; and no page without a rule of access."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from jingkai.kernel.permissions import operations, queries
from jingkai.kernel.permissions.data import VISITOR, Actor

logger = logging.getLogger(__name__)


class ActorMiddleware:
    """Set `request.at` (the one moment of this request) and `request.actor` (resolved on first use)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.at = timezone.now()  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: self._actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: tuple[Any, ...], _kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Refuse a page that declares nothing; check the pages of other makers by their prefix."""
        if getattr(view, "access", None) is not None:
            return None
        access = queries.access_of(view, request.path)
        if access is None:
            logger.error("%s declares no access and is refused", request.path)
            raise operations.NotPermitted
        return operations.check_access(request, access)

    def _actor(self, request: HttpRequest) -> Actor:
        user = getattr(request, "user", None)
        if user is None:
            return VISITOR
        on = timezone.localdate(request.at)  # type: ignore[attr-defined]
        return queries.actor_of(user, on)
