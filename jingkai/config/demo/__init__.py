"""The demonstration zone 示范经济开发区: its organisation, people, enterprises and matters under way."""

from __future__ import annotations

from datetime import datetime

from jingkai.config.seeding import DemoPeople


def seed(people: DemoPeople, at: datetime) -> None:
    """Fill the zone; what is there already stays as it is."""
    from jingkai.config.demo import (
        enterprises,
        identities,
        libraries,
        matters,
        office,
        organisation,
        project,
        reference,
    )

    organisation.seed(people, at)
    reference.seed(at)
    office.seed(at)
    enterprises.seed(people, at)
    matters.seed(at)
    project.seed(at)
    libraries.seed(at)
    identities.seed(at)
