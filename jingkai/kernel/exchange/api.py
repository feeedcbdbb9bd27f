"""The door of the door: hang routers, scopes and events in; call outside; play outside systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingkai.kernel.exchange.connectors.authorities import tls_for
from jingkai.kernel.exchange.connectors.egress import call, check, host_header, stream
from jingkai.kernel.exchange.connectors.lines import open_line
from jingkai.kernel.exchange.connectors.standin import Call, StandIn, serve_for_ever, serving
from jingkai.kernel.exchange.operations.calls import ApiRequest, needs
from jingkai.kernel.exchange.operations.journal import (
    Outgoing,
    digest_of,
    finish_by_hand,
    send_out,
    take_in,
)
from jingkai.kernel.exchange.operations.webhooks import announce
from jingkai.kernel.exchange.queries.certificates import check_certificates, list_sights
from jingkai.kernel.exchange.queries.journal import system_name
from jingkai.kernel.exchange.queries.outbox import count_untold, list_system_health
from jingkai.kernel.exchange.queries.paging import page_of
from jingkai.kernel.exchange.rules import (
    copy_sheets,
    endpoints,
    export_sources,
    kinds,
    public_events,
    routers,
    scopes,
    systems,
)
from jingkai.kernel.exchange.rules.certificates import warning_on
from jingkai.kernel.exchange.rules.troubles import problem_words

if TYPE_CHECKING:
    from jingkai.kernel.exchange.connectors.sessions import Session

__all__ = [
    "ApiRequest",
    "Call",
    "Outgoing",
    "StandIn",
    "announce",
    "call",
    "check",
    "check_certificates",
    "copy_sheets",
    "count_untold",
    "digest_of",
    "endpoints",
    "export_sources",
    "finish_by_hand",
    "host_header",
    "kinds",
    "list_sights",
    "list_system_health",
    "needs",
    "open_line",
    "page_of",
    "problem_words",
    "public_events",
    "routers",
    "scopes",
    "send_out",
    "serve_for_ever",
    "serving",
    "session_for",
    "stream",
    "system_name",
    "systems",
    "take_in",
    "tls_for",
    "warning_on",
]


def session_for(purpose: str) -> Session:
    """Give a session of `requests` that can do nothing but call listed hosts for this purpose.

    The library is loaded when first asked for: only traces need it, and every start would wait for it.
    """
    from jingkai.kernel.exchange.connectors.sessions import session_for as made

    return made(purpose)
