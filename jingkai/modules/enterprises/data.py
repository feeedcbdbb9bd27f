"""Words of the enterprise registry: plain data, no database."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "CodeFault",
    "CodeFaultKind",
    "EnterpriseFilter",
    "EnterpriseLine",
    "Industry",
    "Scale",
    "Stage",
    "check_code",
    "plain_code",
]

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a credit code; I, O, S, V and Z are left out (GB 32100-2015, 5)."""

LENGTH = 18
DIVISION = range(2, 8)
BODY = slice(8, 17)
BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class Stage(StrEnum):
    """Where an enterprise stands on the way from contract to production."""

    SIGNED = "signed"
    BUILDING = "building"
    PRODUCING = "producing"
    STOPPED = "stopped"
    LEFT = "left"


class Scale(StrEnum):
    """Size class of the statistics (大中小微)."""

    LARGE = "large"
    MEDIUM = "medium"
    SMALL = "small"
    MICRO = "micro"


@dataclass(frozen=True, slots=True)
class Industry:
    """One class of GB/T 4754-2017."""

    code: str
    level: str
    parent: str
    name: str


class CodeFaultKind(StrEnum):
    """What can be wrong with a credit code, in the order in which it is looked at."""

    LENGTH = "length"
    ALPHABET = "alphabet"
    DIVISION = "division"
    CHECK = "check"
    BODY_CHECK = "body_check"


@dataclass(frozen=True, slots=True)
class CodeFault:
    """What is wrong with a credit code, and what it takes to say it precisely.

    `position` counts from 1; `found` is the character there (for a wrong length the number of characters).
    """

    kind: CodeFaultKind
    position: int = 0
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class EnterpriseFilter:
    """What a list of enterprises is narrowed to; empty means everything."""

    text: str = ""
    park: str = ""
    stage: str = ""
    scale: str = ""
    industry: str = ""
    above_size: bool = False


@dataclass(frozen=True, slots=True)
class EnterpriseLine:
    """One enterprise as a list shows it."""

    id: int
    uuid: str
    name: str
    name_en: str
    uscc: str
    legal_representative: str
    industry: str
    park: str
    stage: str
    scale: str
    above_size: bool


def plain_code(typed: str) -> str:
    """Give a credit code as the standard writes it, whatever its case, spaces, dashes and width were."""
    text = unicodedata.normalize("NFKC", typed).upper()
    return "".join(character for character in text if not character.isspace() and character != "-")


def check_code(typed: str) -> CodeFault | None:
    """Give the first fault of a unified social credit code, or None (GB 32100-2015, GB 11714 for 9 to 17)."""
    code = plain_code(typed)
    if len(code) != LENGTH:
        return CodeFault(CodeFaultKind.LENGTH, found=str(len(code)), expected=str(LENGTH))
    for position, character in enumerate(code, 1):
        if character not in ALPHABET:
            return CodeFault(CodeFaultKind.ALPHABET, position, character)
    for index in DIVISION:
        if not code[index].isdigit():
            return CodeFault(CodeFaultKind.DIVISION, index + 1, code[index])
    expected = check_character(code[:17])
    if code[17] != expected:
        return CodeFault(CodeFaultKind.CHECK, 18, code[17], expected)
    expected = body_check_character(code[BODY][:8])
    if code[16] != expected:
        return CodeFault(CodeFaultKind.BODY_CHECK, 17, code[16], expected)
    return None


def check_character(first_17: str) -> str:
    """Give the 18th character of a credit code: (31 - sum of value * 3^(i-1)) mod 31."""
    total = sum(ALPHABET.index(character) * pow(3, i, 31) for i, character in enumerate(first_17))
    return ALPHABET[-total % 31]


def body_check_character(first_8: str) -> str:
    """Give the ninth character of an organisation body code (GB 11714): weighted sum mod 11, X for ten."""
    total = sum(int(c, 36) * weight for c, weight in zip(first_8, BODY_WEIGHTS, strict=True))
    check = -total % 11
    return "X" if check == 10 else str(check)
