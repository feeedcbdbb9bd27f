"""Lines to the database that no page waits on for ever: a server that is slow, silent or away is told so.

Jobs may ask questions that take long; pages may not. What a line costs when its other end is gone without a
word (a machine without power, a cut cable) is bounded for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.errors import _WaitTimeout

ANSWER_WITHIN = 15.0
"""Seconds that a page waits for one answer of the database."""
LINE_WITHIN = 5
"""Seconds that a page waits for a line, and a new line for its first word."""


class BoundedConnection(psycopg.Connection[Any]):
    """A line on which one answer may take a while, not for ever; after that it is given up."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; one that does not come in time ends the line, for nobody knows its state."""
        try:
            return super().wait(gen, interval, ANSWER_WITHIN if timeout is None else timeout)
        except _WaitTimeout as silence:
            if timeout is not None:
                raise
            self.pgconn.finish()
            raise psycopg.OperationalError(
                f"the database did not answer within {ANSWER_WITHIN:.0f} seconds"
            ) from silence


def bounded(options: Mapping[str, Any]) -> dict[str, Any]:
    """Give the options of shared lines with these bounds.

    A line that could not be had is given up soon: else its next try would be minutes away when the database
    is back, while the next page asks for a new one at once.
    """
    pool = {**options["pool"], "connection_class": BoundedConnection}
    pool |= {"timeout": min(pool["timeout"], LINE_WITHIN), "reconnect_timeout": LINE_WITHIN}
    return {"connect_timeout": LINE_WITHIN, **options, "pool": pool}
