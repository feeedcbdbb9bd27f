"""Tests of `jingkai flow simulate`: the same seed, the same run; queues where people are few."""

import json
from datetime import date

import pytest
from click.testing import CliRunner

from jingkai.casework.flow.api import BadPlan, TooLong, compile_bpmn, parse_arrivals, read_staff, simulate
from jingkai.casework.flow.cli import flow as command
from jingkai.casework.flow.testing import bpmn
from jingkai.kernel.calendar.api import get_packaged_calendar

TEXT = """
    start > a > fork > b > join > z > end
    fork > m > join
    fork > wait_m > join
    late_b > note > end_note
    late_b: on=b timer=1d side=true
    a: pool=fire outcomes=done
    b: pool=quality
    m: each=members:fire outcomes=agree,object pass=2/3
    wait_m: message=paper
    note: pool=quality
    z: pool=applicant
"""
STAFF = {
    "people": {"fire": 3, "quality": 1},
    "work": {"b": "3h", "*": "30m"},
    "waits": {"message": "2d", "applicant": "4d"},
    "outcomes": {"m": {"agree": 0.8, "object": 0.2}},
    "absent": 0.1,
}


def run(staff=STAFF, *, cases=60, arrivals="3/day", seed=1, text=TEXT):
    return simulate(
        compile_bpmn(bpmn("p", text)),
        cases=cases,
        arrivals=parse_arrivals(arrivals),
        staff=read_staff(json.dumps(staff)),
        start=date(2026, 1, 5),
        seed=seed,
        calendar=get_packaged_calendar(),
    )


def test_the_same_seed_gives_the_same_run():
    assert run() == run()
    assert run() != run(seed=2)


def test_every_case_is_finished_and_every_day_accounted_for():
    report = run()
    assert (report.cases, report.finished) == (60, 60)
    nodes = {line.node: line for line in report.nodes}
    assert nodes["a"].visits == nodes["b"].visits == nodes["z"].visits == 60
    assert 120 <= nodes["m"].visits <= 180
    assert nodes["z"].suspended > 1
    assert nodes["z"].queue == nodes["z"].work == 0
    assert nodes["wait_m"].suspended > 0
    assert 0 < report.median <= report.ninth
    units = {line.unit: line for line in report.units}
    assert units["quality"].busy > units["fire"].busy
    assert all(line.open == 0 for line in report.nodes)


def test_more_people_shorten_the_queue():
    few, many = run(), run({**STAFF, "people": {"fire": 3, "quality": 4}})
    wait = {
        name: {line.node: line.queue for line in found.nodes} for name, found in (("f", few), ("m", many))
    }
    assert wait["m"]["b"] < wait["f"]["b"] / 2
    assert many.mean < few.mean


def test_an_endless_loop_is_told(monkeypatch):
    monkeypatch.setattr("jingkai.casework.flow.rules.simulating.MOST_EVENTS", 2000)
    text = "start > a > gate[outcome == 'again'] > a; gate[] > end; a: pool=fire outcomes=again,done"
    with pytest.raises(TooLong):
        run({"outcomes": {"a": {"again": 1}}}, text=text.replace("; ", "\n"), cases=1)


@pytest.mark.parametrize("text", ["", "often", "0/day", "3/year", "every", "every 0m"])
def test_arrivals_are_refused(text):
    with pytest.raises(BadPlan):
        parse_arrivals(text)


@pytest.mark.parametrize(
    "staff",
    [
        "[]",
        "{",
        '{"peple": {}}',
        '{"people": {"fire": 0}}',
        '{"hours": 30}',
        '{"absent": 1}',
        '{"work": {"a": 3}}',
        '{"outcomes": {"a": {}}}',
        '{"outcomes": {"a": {"x": "much"}}}',
    ],
)
def test_staff_is_refused(staff):
    with pytest.raises(BadPlan):
        read_staff(staff)


@pytest.fixture
def files(tmp_path):
    drawing, staff = tmp_path / "flow.bpmn", tmp_path / "staff.json"
    drawing.write_bytes(bpmn("p", TEXT))
    staff.write_text(json.dumps(STAFF))
    return drawing, staff


def call(*arguments):
    return CliRunner().invoke(command, ["simulate", *map(str, arguments)])


def test_simulate_prints_tables_or_json(files):
    drawing, staff = files
    shown = call(drawing, "--cases", 20, "--arrivals", "2/day", "--staff", staff)
    assert shown.exit_code == 0, shown.output
    assert "20 of 20 cases finished" in shown.output
    found = call(drawing, "--cases", 20, "--arrivals", "2/day", "--staff", staff, "--json", "--seed", 3)
    assert json.loads(found.stdout)["finished"] == 20


def test_simulate_misused(files, tmp_path):
    drawing, staff = files
    assert call(drawing).exit_code == 2
    assert call(drawing, "--staff", staff, "--arrivals", "often").exit_code == 2
    assert call(drawing, "--staff", drawing).exit_code == 2
    bad = tmp_path / "bad.bpmn"
    bad.write_bytes(bpmn("p", "start > a"))
    assert call(bad, "--staff", staff).exit_code == 1
