"""What happened to flows. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlowPublished:
    """A new version of a flow is current; cases that begin from now on follow it."""

    flow_version_id: int


@dataclass(frozen=True, slots=True)
class DecisionPublished:
    """A new version of a decision table may decide cases that begin from now on."""

    decision_version_id: int
