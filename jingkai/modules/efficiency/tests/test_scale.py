"""A hundred thousand items: figures in a moment, for a restricted person and a leader alike."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from jingkai.modules.approvals.testing import Hall
from jingkai.modules.efficiency import queries
from jingkai.modules.efficiency.data import Dimension, Scope

pytestmark = pytest.mark.django_db

NUMBER = 100_000
LONGEST = "60s"
"""What the database gives a statement here: one that compares every pair would need minutes."""

FILL = """
INSERT INTO efficiency_matterfact (
    item_id, application_id, case_id, reference, title, title_en, enterprise_id, package, item, unit_id,
    person_id, started_on, concluded_on, month, outcome, day_unit, statutory, promised, actual, extended,
    on_time, trips, one_visit, corrections, returned, held_days, simulated)
SELECT 1000000 + n, 1000000 + n / 3, %(case)s, 'SP' || n, '', '', %(enterprise)s, 'p', 'item-' || n %% 60,
    (%(units)s)[1 + n %% 3], NULL, day, day, date_trunc('month', day), 'agree', 'working', 20, 10, n %% 23,
    0, n %% 11 > 0, 0, true, 0, 0, 0, false
FROM (SELECT n, date '2024-01-01' + n %% 1000 AS day FROM generate_series(1, %(number)s) n) rows
"""


def test_figures_of_a_hundred_thousand_items(hall: Hall) -> None:
    case = hall.case(hall.bring_to("submitted"))
    units = [hall.cast.unit(code) for code in ("fire", "quality", "airdefence")]
    values = {"case": case.pk, "enterprise": hall.cast.enterprise.pk, "units": units, "number": NUMBER}
    with connection.cursor() as cursor:
        cursor.execute(FILL, values)
        cursor.execute("ANALYZE efficiency_matterfact")
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [LONGEST])
    for seen in (None, (units[0],)):
        scope = Scope(since=date(2025, 1, 1), until=date(2025, 12, 1), units=seen)
        found = queries.figures(by=Dimension.ITEM, scope=scope)
        queries.list_matters(scope=scope)
        assert sum(one.count for one in found.totals) > 10_000
