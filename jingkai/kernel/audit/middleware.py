"""Where a request came from, for the trail and for the logs."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from uuid6 import uuid7

from jingkai.kernel.audit.data import Origin, origin
from jingkai.kernel.audit.operations import Afterwards, record_refusal
from jingkai.kernel.audit.rules.marks import mark

logger = logging.getLogger(__name__)
FORBIDDEN = 403
_SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class OriginMiddleware:
    """Tell the trail and the logs from where each request comes, under one request id.

    The id is always made here and given back in `X-Request-ID`: nobody outside says how the trail calls their
    request. What a proxy that we trust calls it stands beside it in the logs.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        source = origin_of(request)
        token, afterwards = origin.set(source), Afterwards()
        request.request_id = source.request_id  # type: ignore[attr-defined]
        named = {"request_id": source.request_id, **_named_by_proxy(request)}
        with structlog.contextvars.bound_contextvars(**named):
            try:
                response = self.get_response(request)
                _note_refusal(request, response)
                afterwards.write(getattr(request, "actor", None), getattr(request, "at", None))
            finally:
                afterwards.end()
                origin.reset(token)
        response["X-Request-ID"] = source.request_id
        return response


def _note_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Write a refused page into the trail; a database that is away must not take the answer with it."""
    actor, at = getattr(request, "actor", None), getattr(request, "at", None)
    if response.status_code != FORBIDDEN or actor is None or at is None:
        return
    try:
        if actor.user_id is not None:
            record_refusal(path=request.path, method=request.method or "", by=actor, at=at)
    except DatabaseError:
        logger.exception("a refusal could not be written into the trail")


def origin_of(request: HttpRequest) -> Origin:
    """Read the origin of a request; forwarded addresses count only when a trusted proxy sends them."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    trusted = _is_trusted(peer)
    request_id = str(getattr(request, "request_id", "")) or str(uuid7())
    agent = mark(request.headers.get("User-Agent", ""))[:32]
    return Origin(ip=_client(request, peer) if trusted else peer, request_id=request_id, agent=agent)


def _named_by_proxy(request: HttpRequest) -> dict[str, str]:
    given = request.headers.get("X-Request-ID", "")
    is_told = _SAFE_ID.fullmatch(given) and _is_trusted(str(request.META.get("REMOTE_ADDR", "")))
    return {"proxy_request_id": given} if is_told else {}


def _client(request: HttpRequest, peer: str) -> str:
    """Walk the forwarded addresses from the nearest: the first that is no proxy of ours is the client."""
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    for address in reversed(chain):
        if not _is_address(address):
            return peer
        if not _is_trusted(address):
            return address
    return chain[0] if chain else peer


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(peer: str) -> bool:
    if not _is_address(peer):
        return False
    proxies = getattr(settings, "TRUSTED_PROXIES", ())
    return any(ip_address(peer) in ip_network(network, strict=False) for network in proxies)
