"""Words of the enterprise registry: plain data, no database."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CodeFault", "EnterpriseLine", "Industry", "Scale", "Stage"]


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


@dataclass(frozen=True, slots=True)
class CodeFault:
    """What is wrong with a credit code: a stable word, and what it needs to be explained."""

    kind: str
    position: int = 0
    found: str = ""
    expected: str = ""


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
