"""Words of accounts: plain data, no database."""

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from uuid import UUID

__all__ = [
    "MFA_CONTEXT",
    "STARTED",
    "AccountKind",
    "CodeCheck",
    "CodeFault",
    "IdentityCheck",
    "IdentityProof",
    "NewAccount",
    "PasswordFault",
    "PhoneProver",
    "SecurityPolicy",
    "SessionLine",
    "WayIn",
    "is_from",
    "is_username",
    "networks_of",
    "password_faults",
]

MFA_CONTEXT = "mfa.authenticator.secret"
"""What binds the encrypted secrets of authenticator apps and recovery codes to their place."""
STARTED = "started_at"
"""Under this name a session notes when its log-in was."""

USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,39}|\d{4,10}", re.ASCII)


class AccountKind(StrEnum):
    """On which side of the counter a login stands."""

    STAFF = "staff"
    ENTERPRISE = "enterprise"


class PasswordFault(StrEnum):
    """Why a password is not good enough."""

    SHORT = "short"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class PhoneProver:
    """How a person proves to hold a phone: `start` sends a code, `finish` takes it and gives the phone.

    Both take `purpose=` and `at=`, `start` also `language=`; both raise an error in the person's words.
    """

    start: Callable[..., UUID]
    finish: Callable[..., str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityPolicy:
    """How logins are protected: the zone's rule, else these values (GB/T 22239, level 3).

    Wrong attempts within `window_minutes` add up; at `attempts` the login is locked for `lock_minutes`. Wrong
    passwords from one address, for whatever logins, add up, too: at `address_attempts` nobody logs in from
    there until the window is over. An office that goes out through one address sets a higher number.
    `max_age_days` 0 means a password never expires by age. A session ends `session_hours` after the log-in,
    however busy it is; a one-time password `one_time_days` after it was made. A login of staff that nobody
    used for `unused_days` (`enterprise_unused_days` for enterprises; 0: never) is disabled, `unused_notice`
    days after its person was told. `refused_words` are words of the place that no password may hold, beside
    those that the product knows itself. `admin_networks`: from where alone the pages of administrators are
    opened (networks separated by spaces); empty: from anywhere.
    """

    attempts: int = 5
    address_attempts: int = 5
    window_minutes: int = 15
    lock_minutes: int = 30
    idle_minutes: int = 30
    enterprise_idle_minutes: int = 60
    min_length: int = 10
    classes: int = 3
    history: int = 5
    max_age_days: int = 180
    session_hours: int = 12
    one_time_days: int = 7
    unused_days: int = 90
    enterprise_unused_days: int = 0
    unused_notice: int = 14
    second_factor_staff: bool = False
    second_factor_enterprises: bool = False
    refused_words: str = ""
    admin_networks: str = ""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """A login that was just made or reset; the one-time password is shown once and stored nowhere."""

    user_id: int
    username: str
    one_time_password: str


class IdentityCheck(StrEnum):
    """How a person proved who they are before somebody else took away their second factor."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    HEAD = "head"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class IdentityProof:
    """How it was proven who asks, and in words by what; goes to the trail."""

    how: IdentityCheck
    words: str


class CodeFault(StrEnum):
    """Why a code of the second factor does not count."""

    WRONG = "wrong"
    USED = "used"
    LOCKED = "locked"
    NONE_SET = "none_set"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What became of a code that was entered again: the factor that it proved, or its fault."""

    factor: str = ""
    fault: CodeFault | None = None
    left: int = 0
    until: datetime | None = None

    @property
    def right(self) -> bool:
        """Whether the code counts."""
        return self.fault is None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One place where somebody is logged in."""

    id: int
    ip: str
    agent: str
    started_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class WayIn:
    """Another way to sign in, as a button of the log-in page."""

    label: str
    url: str


def is_username(text: str) -> bool:
    """Whether a text may be a user name: letters first, or a staff number; never like a mobile number."""
    return USERNAME.fullmatch(text) is not None


@lru_cache(maxsize=64)
def networks_of(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read networks and single addresses that are separated by spaces. Error: ValueError."""
    return tuple(ip_network(word, strict=False) for word in text.replace(",", " ").split())


def is_from(ip: str, networks: str) -> bool:
    """Whether an address lies in one of these networks; one that cannot be read lies in none."""
    try:
        address, known = ip_address(ip), networks_of(networks)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in known)


def password_faults(password: str, policy: SecurityPolicy) -> list[PasswordFault]:
    """Give what a password lacks in length and in kinds of characters."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    present = sum(any(character in kind for character in password) for kind in kinds)
    present += any(not (character.isascii() and character.isalnum()) for character in password)
    faults = [PasswordFault.SHORT] if len(password) < policy.min_length else []
    return faults + ([PasswordFault.PLAIN] if present < policy.classes else [])
