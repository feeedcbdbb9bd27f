"""What happened to flows. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FlowPublished:
    """A new version of a flow is current; cases that begin from now on follow it."""

    flow_version_id: int
