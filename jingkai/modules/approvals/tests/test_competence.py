"""Who decides in whose name, and who answers for it: the law's own cases."""

from __future__ import annotations

import pytest

from jingkai.modules.approvals.rules.competence import Named, Standing, competence_of, due_notice

COMMITTEE = Named("管委会", "Committee")
COUNTY = Named("县政府", "County government")
BUREAU = Named("县住建局", "County housing bureau")


@pytest.mark.parametrize(
    ("basis", "level", "organ", "respondent"),
    [
        ("entrusted", "provincial", BUREAU, BUREAU),
        ("entrusted", "founder", BUREAU, BUREAU),
        ("dispatched", "national", BUREAU, BUREAU),
        ("concentrated", "national", COMMITTEE, COMMITTEE),
        ("concentrated", "provincial", COMMITTEE, COMMITTEE),
        ("concentrated", "capable", COMMITTEE, COMMITTEE),
        ("concentrated", "founder", COMMITTEE, COUNTY),
    ],
)
def test_organ_and_respondent_follow_from_the_basis(
    basis: str, level: str, organ: Named, respondent: Named
) -> None:
    found = competence_of(basis=basis, sender=BUREAU, standing=Standing(level, COMMITTEE, COUNTY))
    assert (found.organ, found.respondent) == (organ, respondent)


@pytest.mark.parametrize("basis", ["entrusted", "dispatched"])
def test_a_power_of_another_organ_names_it(basis: str) -> None:
    with pytest.raises(ValueError, match="names its organ"):
        competence_of(basis=basis, sender=None, standing=Standing("national", COMMITTEE, COUNTY))


@pytest.mark.parametrize(
    ("left", "announced", "due"),
    [
        (91, None, None),
        (90, None, 90),
        (60, 90, None),
        (30, 90, 30),
        (5, None, 7),
        (7, 30, 7),
        (3, 7, None),
        (0, 7, None),
    ],
)
def test_each_notice_is_due_once(left: int, announced: int | None, due: int | None) -> None:
    assert due_notice(left=left, announced=announced, days=[90, 30, 7]) == due
