"""The story of routing: every act that offices use, a changed flow, next year's holidays, and the proof."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from playwright.sync_api import expect

from jingkai.casework.cases.cli import casework
from jingkai.casework.cases.models import Case
from jingkai.kernel.audit.cli import audit
from tests.journeys.chromium import Camera
from tests.journeys.routing import changing, holidays, keyboard, sealing, signing
from tests.journeys.routing.office import Office
from tests.journeys.zone import Outside, Zone

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

expect.set_options(timeout=20000)


def test_every_way_that_a_matter_can_take(zone: tuple[Zone, Outside]) -> None:
    """The story of routing, in a real browser."""
    office = Office(zone[0], Camera("routing"))
    signing.publish(office)
    case = signing.start(office, "xiaofang", "消防专项资金安排方案")
    assert changing.clock_of(case).due_on.isoformat() == "2026-09-28"
    signing.first_return(office, case)
    signing.hand_over_and_add(office, case)
    signing.countersign(office, case)
    signing.time_out(office, case)
    signing.second_return(office, case)
    signing.third_return(office, case)
    other = signing.withdraw_and_submit_again(office)
    third = changing.change_the_flow(office)
    changing.move_running_matters(office, case, other, third)
    sealing.ask_for_the_seal(office)
    keyboard.work_by_keys(office)
    holidays.paste_the_notice(office)
    office.leave()
    assert not office.camera.faults, "\n".join(office.camera.faults)
    _nothing_differs()


def _nothing_differs() -> None:
    """Every case of the journey follows from its trail, and the trail is whole."""
    said = CliRunner().invoke(casework, ["rebuild", "--check"])
    assert said.exit_code == 0, said.output
    assert f"{Case.objects.count()} cases examined, 0 differ" in said.output
    said = CliRunner().invoke(audit, ["verify"])
    assert said.exit_code == 0, said.output
