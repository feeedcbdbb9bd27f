"""Tests of `jingkai flow simulate`: the same seed, the same run; queues where people are few."""

import json
from datetime import date
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner

from jingkai.casework.flow.api import (
    BadPlan,
    TooLong,
    compile_bpmn,
    compile_dmn,
    parse_arrivals,
    read_staff,
    simulate,
)
from jingkai.casework.flow.cli import flow as command
from jingkai.casework.flow.data import DecisionConflict
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


def table(rules, policy="FIRST"):
    """A decision table over `area` and `kind` that gives `level`; a rule is `area | kind | level`."""
    lines = [[part.strip() for part in line.split("|")] for line in rules]
    body = "".join(
        f'<rule id="r{number}"><inputEntry id="a{number}"><text>{escape(area)}</text></inputEntry>'
        f'<inputEntry id="k{number}"><text>{escape(kind)}</text></inputEntry>'
        f'<outputEntry id="o{number}"><text>"{level}"</text></outputEntry></rule>'
        for number, (area, kind, level) in enumerate(lines, 1)
    )
    inputs = "".join(
        f'<input id="i{name}"><inputExpression id="e{name}" typeRef="{kind}"><text>{name}</text>'
        "</inputExpression></input>"
        for name, kind in (("area", "number"), ("kind", "string"))
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">'
        f'<decision id="level" name="level"><decisionTable id="t" hitPolicy="{policy}">{inputs}'
        f'<output id="o" name="level" typeRef="string"/>{body}</decisionTable></decision></definitions>'
    ).encode()


DECIDED = """
    start > rule_level > gate[level == 'head'] > b > end
    gate[level == 'leader'] > c > end
    gate[] > d > end
    rule_level: decision=level
    b: pool=fire
    c: pool=fire
    d: pool=fire
"""
RULES = ['< 1000 | "new" | head', ">= 1000 | - | leader"]


def visits(variables, *, rules=RULES, policy="FIRST", cases=200):
    tables = {"level": compile_dmn(table(rules, policy))}
    found = simulate(
        compile_bpmn(bpmn("p", DECIDED, variables="area:number, kind, level"), decisions=tables),
        cases=cases,
        arrivals=parse_arrivals("at once"),
        staff=read_staff(json.dumps({"people": {"fire": 50}, "variables": variables})),
        start=date(2026, 1, 5),
        calendar=get_packaged_calendar(),
        tables=tables,
    )
    return {line.node: line.visits for line in found.nodes}


def test_a_table_decides_over_the_facts_that_are_given():
    assert visits({"area": 500, "kind": "new"}) == {"b": 200}
    assert visits({"area": 5000, "kind": "new"}) == {"c": 200}
    assert visits({"area": 500, "kind": "old"}) == {"d": 200}


def test_facts_that_nobody_gives_are_drawn_from_the_tables_own_cells():
    """999, 1000 and 1001 for the area, “new” for the kind: every rule has its turn, the gap none."""
    found = visits({})
    assert set(found) == {"b", "c"}
    assert 30 < found["b"] < 110
    assert set(visits({}, rules=['[10..20] | "new" | head', '> 20 | "old" | leader'])) == {"b", "c", "d"}


def test_weights_say_how_often_a_value_comes():
    found = visits({"area": {"500": 9, "2000": 1}, "kind": "new"})
    assert found["b"] > found["c"] > 0


def test_two_rules_that_fit_at_once_are_named():
    with pytest.raises(DecisionConflict, match="r1, r2"):
        visits({}, rules=["< 1000 | - | head", "< 2000 | - | leader"], policy="UNIQUE")


def test_a_task_that_nobody_begins_in_time_goes_to_the_head():
    text = "start > a > end\na: pool=fire timeout='1d escalate, 40d transfer:quality'"
    staff = {"people": {"fire": 1, "heads": 1}, "work": {"a": "4h"}}
    units = {line.unit: line.visits for line in run(staff, text=text, cases=20, arrivals="at once").units}
    assert units["heads"] > 0
    assert units["heads"] + units["fire"] == 20


def test_a_timer_waits_for_the_date_of_its_case():
    text = "start > wait_t > a > end\nwait_t: timer=${day}\na: pool=fire"
    flow = compile_bpmn(bpmn("p", text, variables="day:date"))
    found = simulate(
        flow,
        cases=1,
        arrivals=parse_arrivals("at once"),
        staff=read_staff('{"variables": {"day": "2026-01-16"}}'),
        start=date(2026, 1, 5),
        calendar=get_packaged_calendar(),
    )
    waited = {line.node: line.suspended for line in found.nodes}["wait_t"]
    assert 9 < waited < 11


def test_simulate_takes_tables_from_files(tmp_path):
    drawing, staff, dmn = tmp_path / "f.bpmn", tmp_path / "s.json", tmp_path / "level.dmn"
    drawing.write_bytes(bpmn("p", DECIDED, variables="area:number, kind, level"))
    staff.write_text("{}")
    dmn.write_bytes(table(RULES))
    done = call(drawing, "--staff", staff, "--table", dmn, "--cases", 30)
    assert done.exit_code == 0, done.output
    assert "30 of 30 cases finished" in done.output
    dmn.write_bytes(table(["< 1000 | - | head", "< 2000 | - | leader"], "UNIQUE"))
    refused = call(drawing, "--staff", staff, "--table", dmn, "--cases", 30)
    assert (refused.exit_code, "r1, r2" in refused.output) == (1, True)
