"""What a demonstration zone is filled with, and the secrets of its people.

Passwords and second factors are made at random for each installation and kept in `secrets/demo.json`, mode
0600.
A seeder is a function `seed(people: DemoPeople, at: datetime) -> None` that may be called again at any time.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path

SEEDERS = ("jingkai.config.demo:seed",)
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
PASSWORD_LENGTH = 16

Seeder = Callable[["DemoPeople", datetime], None]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One line of the table that `make demo` prints."""

    name: str
    role: str
    login: str
    password: str
    totp: str = ""


@dataclass(slots=True)
class DemoPeople:
    """The people of the demonstration, with secrets that stay the same from one start to the next."""

    path: Path
    passwords: dict[str, str] = field(default_factory=dict)
    totp_secrets: dict[str, str] = field(default_factory=dict)
    table: list[DemoPerson] = field(default_factory=list)

    @classmethod
    def load(cls, folder: Path) -> DemoPeople:
        """Read the people of an earlier start, or begin with nobody."""
        path = folder / "demo.json"
        if not path.exists():
            return cls(path)
        stored = json.loads(path.read_text(encoding="utf-8"))
        table = [DemoPerson(**person) for person in stored["table"]]
        return cls(path, stored["passwords"], stored["totp_secrets"], table)

    def password(self, login: str) -> str:
        """The password of this login, drawn at random the first time.

        It is written down before anybody gets it: a start that broke off half-way must not leave people
        with a password that nobody knows.
        """
        if login not in self.passwords:
            drawn = "".join(secrets.choice(LETTERS) for _ in range(PASSWORD_LENGTH))
            self.passwords[login] = drawn
            self.save()
        return self.passwords[login]

    def totp_secret(self, login: str) -> str:
        """The secret of this login's second factor (base32, 160 bits), drawn at random the first time."""
        if login not in self.totp_secrets:
            self.totp_secrets[login] = base64.b32encode(secrets.token_bytes(20)).decode()
            self.save()
        return self.totp_secrets[login]

    def show(self, *, name: str, role: str, login: str) -> None:
        """Put a person into the printed table; showing the same login again replaces its line."""
        person = DemoPerson(name, role, login, self.password(login), self.totp_secrets.get(login, ""))
        others = [known for known in self.table if known.login != login]
        self.table = [*others, person]

    def save(self) -> None:
        """Write everything back, readable by this user only."""
        stored = {
            "passwords": self.passwords,
            "totp_secrets": self.totp_secrets,
            "table": [asdict(person) for person in self.table],
        }
        draft = self.path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(stored, file, ensure_ascii=False, indent=1)
        draft.replace(self.path)


def seed_all(folder: Path, at: datetime) -> DemoPeople:
    """Run every seeder with the people of this installation and keep their secrets."""
    people = DemoPeople.load(folder)
    for target in SEEDERS:
        module, _, name = target.partition(":")
        seeder: Seeder = getattr(import_module(module), name)
        seeder(people, at)
        people.save()
    people.save()
    return people
