"""What a simulation has found, added up: where the days went, per step and per pool of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean, median, quantiles

from jingkai.casework.flow.data import Flow
from jingkai.casework.flow.data.simulation import NodeLine, SimulationReport, UnitLine
from jingkai.casework.flow.rules.simulated import SimulatedCase, Tally


def report_of(
    flow: Flow,
    cases: Sequence[SimulatedCase],
    took: Sequence[float],
    nodes: Mapping[str, Tally],
    pools: Mapping[str, Tally],
    people: Mapping[str, int],
    span: float,
) -> SimulationReport:
    """Put the report together. `took` are the days of the finished cases, `span` those of the whole run."""
    still_open = Counter(place.node.id for case in cases for place in case.places)
    number = max(1, len(cases))
    every, seen = list(nodes.values()), [node for node in flow.nodes if node in nodes]
    return SimulationReport(
        cases=len(cases),
        finished=len(took),
        mean=round(mean(took), 2) if took else 0.0,
        median=round(median(took), 2) if took else 0.0,
        ninth=round(quantiles(took, n=10)[-1], 2) if len(took) > 1 else 0.0,
        queue=round(sum(one.queue for one in every) / number, 2),
        work=round(sum(one.work for one in every) / number, 2),
        suspended=round(sum(one.suspended for one in every) / number, 2),
        nodes=tuple(_node_line(flow, node, nodes[node], still_open[node]) for node in seen),
        units=tuple(_unit_line(pool, pools[pool], people[pool], span) for pool in sorted(pools)),
    )


def _node_line(flow: Flow, node: str, tally: Tally, still_open: int) -> NodeLine:
    shown = flow.nodes[node]
    parts = (round(value / tally.visits, 2) for value in (tally.queue, tally.work, tally.suspended))
    queue, work, suspended = parts
    return NodeLine(node, shown.name, shown.name_en, tally.visits, queue, work, suspended, still_open)


def _unit_line(pool: str, tally: Tally, people: int, span: float) -> UnitLine:
    return UnitLine(
        pool,
        people,
        tally.visits,
        round(tally.queue / tally.visits, 2),
        round(tally.work / tally.visits, 2),
        round(min(1.0, tally.work / (people * span)), 2),
    )
