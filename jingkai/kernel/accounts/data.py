"""Words of accounts: plain data, no database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["AccountKind", "AccountLine", "NewAccount"]


class AccountKind(StrEnum):
    """On which side of the counter a login stands."""

    STAFF = "staff"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A login that was just made; the one-time password is shown once and stored nowhere."""

    user_id: int
    username: str
    one_time_password: str


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A login as the security administrator's list shows it."""

    uuid: str
    username: str
    name: str
    kind: AccountKind
    active: bool
    locked_until: datetime | None
    second_factor: bool
    last_login: datetime | None
    sessions: int
