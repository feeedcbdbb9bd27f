"""Connections of the database that all threads of a web process share."""

from __future__ import annotations

from django.db import connections


def give_back_connection() -> None:
    """Lend this thread's connection to others while it waits for a slow line; it takes one again by itself.

    Within a transaction, and where every thread has a connection of its own, nothing happens.
    """
    for one in connections.all(initialized_only=True):
        if one.pool and not one.in_atomic_block:  # type: ignore[attr-defined]
            one.close()
