"""Tests of circulation (传阅)."""

import pytest

from jingkai.casework.cases import api
from jingkai.casework.cases.testing import NOW
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.notices.models import Notice

pytestmark = pytest.mark.django_db


def test_circulation_with_receipts(forked, cast, django_assert_max_num_queries):
    with pytest.raises(api.NotForYou):
        api.circulate(case=forked, to=[cast.unit("fire")], by=cast.stranger, at=NOW)
    with django_assert_max_num_queries(40):
        readings = api.circulate(
            case=forked, to=[cast.unit("approval"), cast.person("stranger")], by=cast.officer_fire, at=NOW
        )
    readers = {reading.reader_id for reading in readings}
    assert {cast.clerk.party_id, cast.stranger.party_id} <= readers
    assert api.may_see(forked.pk, grantees=cast.stranger.grantees)
    assert Notice.objects.filter(kind="cases.to_read").count() == len(readers)
    page = api.to_read(persons=[cast.clerk.party_id])
    assert [row.case_id for row in page.rows] == [forked.pk]
    with pytest.raises(api.NotForYou):
        api.mark_read(reading=page.rows[0], by=cast.clerk_2, at=NOW)
    api.mark_read(reading=page.rows[0], by=cast.clerk, at=NOW)
    api.mark_read(reading=page.rows[0], by=cast.clerk, at=NOW)
    assert api.count_to_read(persons=[cast.clerk.party_id]).number == 0
    assert [entry.action for entry in entries_of(forked)].count("case.read") == 1
    with pytest.raises(api.NobodyToRead):
        api.circulate(case=forked, to=[cast.person("stranger")], by=cast.officer_fire, at=NOW)
