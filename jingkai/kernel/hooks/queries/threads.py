"""What Django keeps for each thread is kept by the interpreter's own means.

The language, the zone and the table of addresses are asked for some thousand times a page. Django's store for
them serves event loops, too, and takes six calls for each answer; pages and jobs here run in threads alone.
"""

from __future__ import annotations

import threading
from typing import Any

from django.urls import base
from django.utils import timezone
from django.utils.translation import trans_real

STORES: tuple[tuple[Any, str], ...] = (
    (trans_real, "_active"),
    (timezone, "_active"),
    (base, "_prefixes"),
    (base, "_urlconfs"),
)


def remember_by_thread() -> None:
    """Give Django plain stores, each with what the old one holds in this thread."""
    for module, name in STORES:
        old, new = getattr(module, name), threading.local()
        if isinstance(old, threading.local):
            continue
        if hasattr(old, "value"):
            new.value = old.value
        setattr(module, name, new)
