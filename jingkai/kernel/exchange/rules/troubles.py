"""Why a call outside brought nothing, in words: rows keep the technical text, pages say what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_REFUSED_BY_US = gettext_lazy("Not called: this is not the address of a web service.")
_TOO_SLOW = gettext_lazy("The other side took the call, but did not answer in time.")
_BROKEN_OFF = gettext_lazy("The connection broke off before the whole answer was there.")
_UNREADABLE = gettext_lazy("What came back is no answer that can be read.")

TROUBLES: Mapping[str, Any] = {
    "not-listed": gettext_lazy("Not called: the host is not on the list of hosts that may be called."),
    "not-encrypted": gettext_lazy("Not called: this host is called encrypted only."),
    "forbidden-address": gettext_lazy("Not called: the name leads to an address that is never called."),
    "bad-address": _REFUSED_BY_US,
    "bad-scheme": _REFUSED_BY_US,
    "bad-call": _REFUSED_BY_US,
    "bad-authority": gettext_lazy("Not called: the authority pinned for this host cannot be read."),
    "bad-redirect": gettext_lazy("Not followed: the other side led to an address that is not called."),
    "too-many-redirects": gettext_lazy("The other side led from one address to the next without end."),
    "no-name-service": gettext_lazy("The name service did not answer in time."),
    "unknown-host": gettext_lazy("No host of this name is known."),
    "ConnectError": gettext_lazy("Nobody answers at its address."),
    "ConnectTimeout": gettext_lazy("No connection came about in time."),
    "too-slow": _TOO_SLOW,
    "ReadTimeout": _TOO_SLOW,
    "WriteTimeout": _TOO_SLOW,
    "ReadError": _BROKEN_OFF,
    "WriteError": _BROKEN_OFF,
    "RemoteProtocolError": _BROKEN_OFF,
    "LocalProtocolError": _BROKEN_OFF,
    "too-large": gettext_lazy("The answer was longer than any that is read."),
}
"""The reasons of `CallFailed`, as people read them."""

UNREADABLE = re.compile(r"the answer (is not of this pattern|lacks )|Expecting |Invalid |Extra data")
"""How connectors and the reader of JSON tell of an answer that makes no sense."""

STATUS = re.compile(r"HTTP (\d{3})")

BUSY = re.compile(r"[a-z/_.-]+: (\d{3}) (.+)", re.DOTALL)
"""A platform's own code and sentence, after the name of the service that was called."""


def problem_words(problem: str) -> str:
    """Say what a noted problem means; what the other system itself said stays as it was said.

    >>> problem_words("result/report: ReadTimeout: the call took too long")
    'The other side took the call, but did not answer in time.'
    """
    for part in problem.split(": "):
        if part in TROUBLES:
            return str(TROUBLES[part])
    if busy := BUSY.fullmatch(problem):
        said = {"code": busy[1], "words": busy[2]}
        return _("The other side could not take it just now: %(words)s (%(code)s)") % said
    status = STATUS.search(problem)
    code = int(status[1]) if status else 0
    if code >= 500:
        return _("The other side could not answer (HTTP %(code)s).") % {"code": code}
    if code >= 400:
        return _("The other side does not accept the call (HTTP %(code)s).") % {"code": code}
    if UNREADABLE.search(problem):
        return str(_UNREADABLE)
    if code >= 300:
        return _("The other side led elsewhere (HTTP %(code)s); messages are not led on.") % {"code": code}
    return problem
