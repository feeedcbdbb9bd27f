"""The demonstration zone 示范经济开发区: its organisation, people, enterprises and matters under way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from jingkai.config.seeding import DemoPeople

logger = logging.getLogger(__name__)


def seed(people: DemoPeople, at: datetime) -> None:
    """Fill the zone step by step, saying how long each took; what is there already stays as it is."""
    from jingkai.config.demo import (
        enterprises,
        identities,
        later,
        libraries,
        matters,
        office,
        organisation,
        project,
        reference,
        windows,
    )

    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("organisation", lambda: organisation.seed(people, at)),
        ("reference", lambda: reference.seed(at)),
        ("papers begun", lambda: matters.typeset_ahead(at)),
        ("office", lambda: office.seed(at)),
        ("enterprises", lambda: enterprises.seed(people, at)),
        ("people and enterprises of errands", lambda: _more(people, at)),
        ("windows", lambda: windows.seed(at)),
        ("matters", lambda: matters.seed(at)),
        ("project", lambda: project.seed(at)),
        ("what came later", lambda: later.seed(at)),
        ("libraries", lambda: libraries.seed(at)),
        ("identities", lambda: identities.seed(at)),
    )
    for name, step in steps:
        begun = monotonic()
        step()
        logger.info("%s: %.1f s", name, monotonic() - begun)


def _more(people: DemoPeople, at: datetime) -> None:
    from jingkai.config.demo import enterprises, organisation

    organisation.seed_more(people, at)
    enterprises.seed_more(at)
