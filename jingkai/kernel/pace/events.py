"""What happened to paces, for whoever subscribes. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaceExceeded:
    """A login went over the number of a pace at which somebody is to be told; once in its time."""

    pace: str
    user_id: int
