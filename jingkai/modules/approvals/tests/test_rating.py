"""The applicant's rating: five levels, once per matter, by the enterprise itself (好差评, GB/T 39735)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from jingkai.kernel.events.testing import watching
from jingkai.modules.approvals import operations
from jingkai.modules.approvals.data import RatingLevel
from jingkai.modules.approvals.events import ServiceRated
from jingkai.modules.approvals.models import Application, Rating
from jingkai.modules.approvals.operations.rating import AlreadyRated, NotYetRateable
from jingkai.modules.approvals.testing import Hall, moment

pytestmark = pytest.mark.django_db

AT = "2026-03-10 09:00"


def rate(hall: Hall, matter: Application, level: int = 5, by: str = "handler") -> Rating:
    """Rate the service as somebody of the cast."""
    return operations.rate_service(
        application=hall.fresh(matter),
        level=RatingLevel(level),
        reasons=[],
        comment="",
        by=hall.actor(by, AT),
        at=moment(AT),
    )


def refused_matter(hall: Hall) -> Application:
    """A finished matter, reached the short way."""
    matter = hall.bring_to("submitted")
    hall.refuse(matter, "不属于受理范围。", at="2026-03-03 10:00")
    return matter


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_each_of_five_levels_is_kept_and_told(hall: Hall, level: int) -> None:
    matter = refused_matter(hall)
    with watching() as seen:
        assert rate(hall, matter, level).level == level
    assert seen == [ServiceRated(application_id=matter.pk, level=level)]


@pytest.mark.parametrize("level", [0, 6, -1])
def test_other_levels_do_not_exist(hall: Hall, level: int) -> None:
    matter = refused_matter(hall)
    with pytest.raises(ValueError, match=str(level)):
        rate(hall, matter, level)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(
            application=matter, level=9, rated_by=hall.cast.person("handler").party, rated_at=moment(AT)
        )


def test_matter_is_rated_once_for_ever(hall: Hall) -> None:
    matter = refused_matter(hall)
    rate(hall, matter, 5)
    with pytest.raises(AlreadyRated):
        rate(hall, matter, 1)
    with pytest.raises(AlreadyRated):
        rate(hall, matter, 1, by="legal_representative")
    assert Rating.objects.get().level == 5


@pytest.mark.parametrize("who", ["other_handler", "stranger", "clerk", "leader"])
def test_nobody_else_rates(hall: Hall, who: str) -> None:
    matter = refused_matter(hall)
    with pytest.raises(NotYetRateable):
        rate(hall, matter, 1, by=who)
    assert not Rating.objects.exists()


@pytest.mark.parametrize("stage", ["draft", "submitted", "accepted"])
def test_unfinished_matter_is_not_rated(hall: Hall, stage: str) -> None:
    with pytest.raises(NotYetRateable):
        rate(hall, hall.bring_to(stage))
