"""Last days are announced once before and noted once after, by the zone's rule."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jingkai.kernel.notices.models import Notice
from jingkai.kernel.organisation.testing import Cast
from jingkai.modules.licences import operations, queries
from jingkai.modules.licences.data import OnExpiry
from jingkai.modules.licences.testing import put_in, seed

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return sorted(Notice.objects.filter(kind__startswith="licence_").values_list("kind", flat=True))


def test_the_rule_of_the_type_comes_before_that_for_all(cast: Cast) -> None:
    assert queries.expiry_rule("business-licence", on=cast.on).notice_days == 30
    seed(cast.at)
    own = queries.expiry_rule("work-safety-permit", on=cast.on)
    assert (own.notice_days, own.on_expiry) == (90, OnExpiry.UNTIL_DECIDED)
    assert queries.expiry_rule("site-plan", on=cast.on).on_expiry == OnExpiry.AS_ACCEPTED


def test_everybody_who_acts_is_told_once_before_and_once_after(cast: Cast) -> None:
    seed(cast.at)
    today = cast.on
    entry = put_in(cast.handler, at=cast.at, until=today + timedelta(days=31))
    assert operations.watch_expiry(at=cast.at) == (0, 0)
    for _again in range(2):
        operations.watch_expiry(at=cast.at + timedelta(days=1))
    assert kinds() == ["licence_ends_soon"] * 2  # the handler and the legal representative
    for _again in range(2):
        operations.watch_expiry(at=cast.at + timedelta(days=33))
    assert kinds() == ["licence_ends_soon"] * 2 + ["licence_expired"] * 2
    entry.refresh_from_db()
    assert entry.expired_on == today + timedelta(days=33)


def test_what_ends_after_the_notice_days_is_not_announced(cast: Cast) -> None:
    seed(cast.at)
    put_in(cast.handler, at=cast.at, until=date(cast.at.year + 3, 1, 1))
    assert operations.watch_expiry(at=cast.at) == (0, 0)
