"""Every kind of job, killed at each of its steps and taken up again, has its effects once.

A step is what cannot be taken back: before and after each commit, after each call to a system outside, and
the end that the queue did not hear of. A story is played twice, undisturbed and with kills, and must end the
same; what it does not come to is shown by tests of the product, which run again with kills: all that they say
of the effects must hold all the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from jingkai.casework.cases import api as cases
from jingkai.config.environment import PROJECT
from jingkai.kernel.audit import api as audit
from jingkai.kernel.events import operations
from jingkai.kernel.events.api import enqueue, publish, run_jobs
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.modules.approvals.operations import record_download
from jingkai.modules.approvals.testing import Hall
from jingkai.modules.enterprises.events import EnterpriseHandedOver
from jingkai.records.numbering import api as numbering
from tests.drills.jobs_killer import CLAIMED, KILLER, arm

UNTOLD = {"events_jobfailure", "audit_checkpoint"}
"""What notes how often something was tried, or when."""
PROOFS = """
jingkai/casework/cases/tests/test_messaging.py::test_values_that_no_longer_fit_after_a_move_are_left_out_and_named
jingkai/casework/cases/tests/test_pacing.py::test_a_second_clock_under_the_key_does_not_give_days_back
jingkai/casework/cases/tests/test_waiting.py::test_a_signal_reaches_every_case_that_waits
jingkai/casework/cases/tests/test_waiting.py::test_sending_back_over_a_sub_case_takes_it_back
jingkai/casework/clock/tests/test_limits.py::test_extension_page_needs_right_and_case_refuses_in_words_and_tells_the_applicant
jingkai/casework/clock/tests/test_runs.py::test_undoing_is_reading_the_old_version_in_again
jingkai/casework/designer/tests/test_limits.py::test_limit_stops_when_the_matter_is_withdrawn_and_runs_anew
jingkai/casework/inbox/tests/test_connectors.py::test_the_centre_is_told_once_who_has_a_task_and_when_it_is_through
jingkai/casework/inbox/tests/test_leavers.py::test_an_ended_appointment_gives_the_tasks_back_to_the_unit_by_itself
jingkai/kernel/exchange/tests/test_journal.py::test_a_refusal_needs_a_person_and_does_not_make_the_platform_sick
jingkai/kernel/exchange/tests/test_webhooks.py::test_silence_for_days_switches_it_off_and_keeps_what_waits
jingkai/kernel/exchange/tests/test_whole_lists.py::test_the_page_shows_how_far_it_is_then_gives_the_file
jingkai/kernel/notices/tests/test_deliver.py::test_a_repeated_job_does_not_send_again
jingkai/kernel/notices/tests/test_handlers.py::test_the_security_administrator_hears_of_attempts_to_get_in
jingkai/kernel/notices/tests/test_handlers.py::test_unused_logins_are_told_to_their_persons_and_then_to_the_security_administrator
jingkai/kernel/notices/tests/test_handlers.py::test_the_security_administrator_hears_of_many_refused_pages
jingkai/modules/approvals/tests/test_ageing.py::test_a_consent_taken_back_empties_a_draft_but_not_what_was_handed_in
jingkai/modules/approvals/tests/test_ageing.py::test_a_licence_that_ends_is_flagged_and_told_and_the_matter_goes_on
jingkai/modules/approvals/tests/test_ageing.py::test_a_sealed_result_lies_in_the_library_and_loses_its_worth_with_it
jingkai/modules/approvals/tests/test_connectors.py::test_a_document_in_the_place_of_another_is_reported_too
jingkai/modules/approvals/tests/test_connectors.py::test_each_item_of_a_package_reports_its_own_result
jingkai/modules/approvals/tests/test_silence.py::test_silence_speaks_once_and_not_before_its_time
jingkai/modules/efficiency/tests/test_pages.py::test_report_is_made_issued_and_kept
jingkai/modules/evaluations/tests/test_inviting.py::test_the_code_that_the_clerk_opened_is_the_visits_own
jingkai/modules/evaluations/tests/test_rectifying.py::test_rating_given_in_the_matter_itself_is_taken_over_once
jingkai/modules/hotline/tests/test_opening.py::test_a_due_day_that_helps_nobody_leaves_the_zones_own_days[]
jingkai/records/seals/tests/test_outside.py::test_a_paper_is_sealed_there_once_and_entered_here
""".split()  # noqa: SIM905
STORY = "tests/drills/test_jobs_killed.py::test_the_same_story_with_kills_ends_the_same[False]"
_found: dict[bool, dict[str, Counter[str]]] = {}
_killed: Counter[str] = Counter()


@pytest.fixture
def killed() -> Iterator[None]:
    """Kill every kind of job at each of its steps."""
    KILLER.seen.clear()
    with pytest.MonkeyPatch.context() as changed, contextlib.ExitStack() as stack:
        arm(changed, stack)
        yield
    _killed.update(KILLER.kills)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("with_kills", [False, True])
def test_the_same_story_with_kills_ends_the_same(hall: Hall, with_kills: bool, request: Any) -> None:
    """An approval from the draft to the download, another that is void, then all that is done by the hour."""
    if with_kills:
        request.getfixturevalue("killed")
    hall.travel("2026-03-09 09:30", tick=False)
    run_jobs()
    sealed = hall.bring_to("sealed", draft="2026-02-02 09:10")
    other = hall.bring_to("submitted", submitted="2026-03-09 09:20")
    run_jobs()
    taker, at = hall.actor("handler", "2026-03-09 09:30"), hall.travel("2026-03-09 09:30", tick=False)
    document = hall.decision(sealed).document
    assert document is not None
    record_download(document=document, by=taker, at=at)
    one, two = hall.cast.person("handler").pk, hall.cast.person("legal_representative").pk
    publish(EnterpriseHandedOver(enterprise_id=hall.cast.enterprise.pk, from_person_id=one, to_person_id=two))
    run_jobs()
    cases.void_case(case=hall.case(other), reason="演练", by=SYSTEM, at=at)
    run_jobs()
    for item in operations.all_work():
        if item.cron:
            enqueue(item.name)
    run_jobs()
    assert audit.verify().intact
    assert not list(numbering.find_gaps())
    _found[with_kills] = contents()
    if len(_found) == 2:
        for table, rows in _found[False].items():
            assert rows == _found[True][table], table


def contents() -> dict[str, Counter[str]]:
    """What stands in each table: its rows by all that does not depend on numbers and moments."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if not model._meta.managed or table in UNTOLD or table.startswith("procrastinate_"):
                continue
            kept = [field.column for field in model._meta.concrete_fields if _is_told(field)]
            told = ", ".join(f'"{column}"::text' for column in kept) or "''"
            cursor.execute(f"SELECT concat_ws(' | ', {told}) FROM \"{table}\"")
            found[table] = Counter(text for (text,) in cursor.fetchall())
    return found


def _is_told(field: models.Field[Any, Any]) -> bool:
    """Whether a field says the same in every run: states, names of kinds, flags, days and sums."""
    kinds = (models.BooleanField, models.DateField, models.DecimalField)
    moment = isinstance(field, models.DateTimeField)
    words = field.name in ("kind", "action", "code", "node_id", "outcome", "result", "state", "stream_kind")
    return not moment and (isinstance(field, kinds) or bool(field.choices) or words)


def test_every_kind_of_job_was_killed_and_told_the_same(tmp_path: Path) -> None:
    """What tests of the product say of the effects of jobs holds when each was killed at every step."""
    told = tmp_path / "kills.json"
    names = PROOFS if _killed else [*PROOFS, STORY]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.drills.jobs_killer", "--kills", str(told)]
    done = subprocess.run(
        [*command, *names],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    kills = _killed + Counter(json.loads(told.read_text()))
    ours = {app.label for app in apps.get_app_configs()}  # tests declare kinds of their own
    declared = {item.name for item in operations.all_work() if item.name.partition(".")[0] in ours}
    print(f"\n{kills.total()} kills in {len(declared & set(kills))} of {len(declared)} kinds of jobs")  # noqa: T201
    assert declared - set(kills) == set(CLAIMED)
