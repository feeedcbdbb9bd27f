"""What happened at the log-in, for whoever subscribes. Ids only."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoginLocked:
    """Wrong passwords or codes locked a login; `user_id` is None for a name that does not exist."""

    user_id: int | None
    failures_id: int


@dataclass(frozen=True, slots=True)
class LoginUnused:
    """A login was not used for long and will be disabled if that stays so."""

    user_id: int


@dataclass(frozen=True, slots=True)
class UnusedLoginDisabled:
    """A login was disabled, because nobody used it though its person was told."""

    user_id: int
