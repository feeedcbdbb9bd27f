"""A seal in the custodian's hands and approved decisions to apply it, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jingkai.kernel.permissions.api import SYSTEM, Actor
from jingkai.records.seals.data import Authorisation, AuthorisationKind
from jingkai.records.seals.models import Seal
from jingkai.records.seals.operations import SealDraft, change_keeper, keys, make_seal
from jingkai.records.seals.rules import authorisation_kinds
from jingkai.records.seals.standins import StateSeals

__all__ = ["StateSeals", "change_keeper"]

TEST_DECISION = "test.decision"


@pytest.fixture(scope="session")
def seal_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of keys, shorter ones, that all tests share, because making keys is slow."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(keys, "KEY_BITS", 2048)
        yield tmp_path_factory.mktemp("seals")


@pytest.fixture
def seals_folder(seal_folder: Path, settings: Any) -> Path:
    """Let seals keep their keys in the tests' folder."""
    settings.SEALS_FOLDER = seal_folder
    return seal_folder


@pytest.fixture
def seal(cast: Any, seals_folder: Path) -> Seal:
    """Seal no. 2, held by the cast's custodian."""
    draft = SealDraft(
        code="2",
        name="经开区管理专用章（2号章）",
        name_en="Zone administration seal (no. 2)",
        ring_text="示范经济开发区管理委员会",
        line_text="经开区管理专用章",
        number_text="（2号章）",
        custodian_id=cast.custodian.party_id,
        basis="主任办公会决定",
        demo=True,
    )
    return make_seal(draft=draft, by=SYSTEM, at=cast.at)


@pytest.fixture
def decide(cast: Any) -> Iterator[Callable[..., tuple[str, int]]]:
    """Make approved decisions: `decide(cast.deputy_director)` gives kind and number of a new one."""
    decisions: dict[int, Authorisation] = {}

    def make(by: Actor, seal_code: str = "") -> tuple[str, int]:
        number = len(decisions) + 1
        decisions[number] = Authorisation(
            TEST_DECISION, number, "同意发放消防设计审查意见书", by.party_id or 0, cast.at, seal_code
        )
        return TEST_DECISION, number

    with authorisation_kinds.including(AuthorisationKind(TEST_DECISION, decisions.get)):
        yield make
