"""Passwords that everybody knows, and words of the place and the person that no password may hold.

Rules of length and kinds make people write a well-known word with a capital, a year and a sign. So the word
is looked for in its disguise: without what stands around it, and with letters for the signs that look alike.
The list of common passwords comes with Django (public breaches, 20,000); the words that people here begin a
password with stand in `reference/well_known.txt`, one's own and the zone's in the policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator
from stdnum.cn import ric, uscc

OWN_LIST = Path(__file__).resolve().parents[1] / "reference" / "well_known.txt"
LOOK_ALIKES = str.maketrans("@430157$!|", "aaeoistsil")
SHIFTED = str.maketrans("!@#$%^&*()", "1234567890")
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "01234567890")
WORD_LETTERS = 4
"""A shorter beginning is no word: then the digits decide."""
MOBILE = re.compile(r"1[3-9]\d{9}")
NUMBER = re.compile(r"(?=([0-9A-Z]{18}))")
DATE = re.compile(r"(19|20)\d{2}(0[1-9]|1[0-2])?([0-2]\d|3[01])?")


@cache
def _known() -> frozenset[str]:
    own = OWN_LIST.read_text(encoding="utf-8").split()
    return frozenset(CommonPasswordValidator().passwords) | frozenset(own)


def is_well_known(password: str) -> bool:
    """Whether a password, or the word that it is built around, is one that everybody knows."""
    text = password.lower()
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", text)
    forms = {text, text.translate(SHIFTED), text.translate(LOOK_ALIKES), core, core.translate(LOOK_ALIKES)}
    forms |= {re.sub(r"[^a-z]", "", form) for form in (core, core.translate(LOOK_ALIKES))}
    if any(len(form) >= WORD_LETTERS and (form in _known() or _is_walk(form)) for form in forms):
        return True
    return len(core) < WORD_LETTERS and _digits_are_easy(text)


def _is_walk(text: str) -> bool:
    """Whether a text only goes along a row of keys or letters, or repeats itself."""
    if re.fullmatch(r"(.{1,4}?)\1+.{0,2}", text):
        return True
    return any(text in row or text in row[::-1] for row in ROWS)


def _digits_are_easy(text: str) -> bool:
    """Whether the digits of a password are a row, a date, a repetition or a common number."""
    digits = re.sub(r"\D", "", text)
    if len(digits) < WORD_LETTERS:
        return False
    return digits in _known() or _is_walk(digits) or DATE.fullmatch(digits) is not None


def personal_number_in(password: str) -> bool:
    """Whether a password holds a mobile number, a credit code (GB 32100) or an identity number (GB 11643)."""
    if MOBILE.search(password):
        return True
    runs = [found[1] for found in NUMBER.finditer(password.upper())]
    return any(uscc.is_valid(run) or ric.is_valid(run) for run in runs)


def word_in(password: str, words: Iterable[str]) -> str:
    """Give the first of these words that a password holds, in whatever disguise; else an empty text."""
    text = password.lower()
    forms = (text, text.translate(LOOK_ALIKES))
    for word in words:
        folded = word.lower().replace(" ", "")
        least = 2 if not folded.isascii() else WORD_LETTERS
        if len(folded) >= least and any(folded in form for form in forms):
            return word
    return ""
