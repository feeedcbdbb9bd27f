"""What is told to people, and how: plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

PAGE, EMAIL, SMS = "page", "email", "sms"
CHANNELS = (PAGE, EMAIL, SMS)

Word = Any
"""A text for people: a string, or a lazily translated one."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice that an app declares: its name, the facts that its text may use, its first text.

    Texts hold facts as `{reference}`. `channels` are used where the caller names none; the page always
    carries the notice. `sms` says in words what the provider's registered template says.
    """

    code: str
    name: str
    name_en: str
    facts: tuple[str, ...]
    title: str
    title_en: str
    body: str
    body_en: str
    sms: str = ""
    sms_en: str = ""
    channels: tuple[str, ...] = (PAGE,)


@dataclass(frozen=True, slots=True)
class Texts:
    """The text of a kind in one language, as it is now."""

    title: str
    body: str
    sms: str
    sms_code: str


@dataclass(frozen=True, slots=True)
class TextDraft:
    """What an editor wrote for one kind: both languages, the provider's template codes, the channels."""

    title: str
    title_en: str
    body: str
    body_en: str
    sms: str = ""
    sms_en: str = ""
    sms_code: str = ""
    sms_code_en: str = ""
    channels: tuple[str, ...] = (PAGE,)


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail ready to go; `id` is the same at every try, so that a repetition can be recognised."""

    id: str
    to: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """One text message ready to go: the provider fills its registered template with the parameters."""

    id: str
    phone: str
    template_code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's own number for what it took over."""

    number: str = ""


class NotSent(Exception):
    """A message was not taken over; `is_final` says that trying again cannot help.

    `is_unclear` says that it may have been taken over all the same (the answer was lost).
    """

    def __init__(
        self, code: str, detail: str = "", *, is_final: bool = False, is_unclear: bool = False
    ) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.is_final, self.is_unclear = code, is_final, is_unclear


WAITS = tuple(timedelta(seconds=s) for s in (30, 120, 600, 1800, 7200, 21600))
"""After how long a delivery is tried again; after the last it is given up until somebody repeats it."""

CLAIM = timedelta(minutes=2)
"""How long a try may take before another worker may think it dead."""
