"""Names of what figures speak of: also the choices of the filters, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jingkai.kernel.hooks.api import may_lag, reading_connection
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.efficiency import rules
from jingkai.modules.efficiency.data import Dimension, Label

_NAMES = """
SELECT kind, key, name, name_en FROM efficiency_name
UNION ALL
SELECT 'unit', party.id::text, COALESCE(NULLIF(party.short_name, ''), party.name), party.name_en
FROM parties_party party JOIN (
    WITH RECURSIVE seen AS (
        (SELECT unit_id FROM efficiency_matterfact ORDER BY unit_id LIMIT 1)
        UNION ALL
        SELECT (SELECT unit_id FROM efficiency_matterfact WHERE unit_id > seen.unit_id
                ORDER BY unit_id LIMIT 1)
        FROM seen WHERE seen.unit_id IS NOT NULL)
    SELECT unit_id FROM seen WHERE unit_id IS NOT NULL) units ON units.unit_id = party.id
WHERE %(units)s::bigint[] IS NULL OR party.id = ANY(%(units)s)
UNION ALL
SELECT 'person', party.id::text, party.name, party.name_en
FROM parties_party party
WHERE %(people)s AND party.id IN (
    WITH RECURSIVE seen AS (
        (SELECT person_id FROM efficiency_matterfact WHERE person_id IS NOT NULL ORDER BY person_id LIMIT 1)
        UNION ALL
        SELECT (SELECT person_id FROM efficiency_matterfact WHERE person_id > seen.person_id
                ORDER BY person_id LIMIT 1)
        FROM seen WHERE seen.person_id IS NOT NULL)
    SELECT person_id FROM seen WHERE person_id IS NOT NULL)
AND (%(units)s::bigint[] IS NULL OR EXISTS (
    SELECT FROM efficiency_matterfact own WHERE own.person_id = party.id AND own.unit_id = ANY(%(units)s)))
ORDER BY 1, 3
"""


@dataclass(frozen=True, slots=True)
class Labels:
    """Every name that figures may show to this person, by dimension and key."""

    found: Mapping[str, Mapping[str, Label]]

    def of(self, dimension: Dimension) -> Mapping[str, Label]:
        """The names of one dimension."""
        return self.found.get(dimension.value, {})


@may_lag
def labels(actor: Actor) -> Labels:
    """Names of items, packages, and of the units and persons that the actor may see figures of."""
    units = rules.units_seen(actor)
    values = {"units": None if units is None else list(units), "people": rules.sees_people(actor)}
    found: dict[str, dict[str, Label]] = {}
    with reading_connection().cursor() as cursor:
        cursor.execute(_NAMES, values)
        for kind, key, name, name_en in cursor.fetchall():
            found.setdefault(kind, {})[key] = Label(name, name_en)
    return Labels(found)
