"""What happened at the log-in, for whoever subscribes. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoginLocked:
    """Wrong passwords or codes locked a login; `user_id` is None for a name that does not exist."""

    user_id: int | None
    failures_id: int
