"""What a view of the interface asks of its caller; for the routers that apps bring along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest

from jingkai.kernel.exchange.data import Caller
from jingkai.kernel.exchange.operations.tokens import ScopeMissing
from jingkai.kernel.permissions.data import Actor

View = TypeVar("View", bound=Callable[..., Any])


class ApiRequest(HttpRequest):
    """The type of a request inside the interface (for annotations only)."""

    actor: Actor
    caller: Caller
    at: datetime


def needs(scope: str) -> Callable[[View], View]:
    """Open a call to tokens with this scope; goes below the router's decorator.

    It is asked before the body is read, so that who may not call learns nothing about what is right in it.
    """

    def ask(request: ApiRequest) -> bool:
        if scope not in request.caller.scopes:
            raise ScopeMissing(scope=scope)
        return True

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ApiRequest, *args: Any, **kwargs: Any) -> Any:
            ask(request)
            return view(request, *args, **kwargs)

        def contribute(operation: Any) -> None:
            operation.openapi_extra = {**(operation.openapi_extra or {}), "x-scope": scope}
            operation.auth_callbacks = [ask]

        guarded._ninja_contribute_to_operation = [contribute]  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate
