"""Two people of one enterprise at once: a file lies in the library once, a consent is given once."""

from __future__ import annotations

import pytest

from jingkai.kernel.hooks.testing import at_once
from jingkai.kernel.organisation.testing import Cast
from jingkai.modules.licences import operations
from jingkai.modules.licences.data import Use
from jingkai.modules.licences.models import Consent, Entry
from jingkai.modules.licences.operations import FileKnown
from jingkai.modules.licences.testing import put_in, seed
from jingkai.records.files.data import OwnerKind
from jingkai.records.files.testing import owning

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_file_from_two_people_is_one_entry(cast: Cast) -> None:
    seed(cast.at)
    people = (cast.handler, cast.legal_representative)
    results = at_once(*(lambda by=by: put_in(by, at=cast.at) for by in people))  # type: ignore[misc]
    assert [type(one) for one in results if isinstance(one, Exception)] == [FileKnown]
    assert Entry.objects.count() == 1


def test_one_licence_used_twice_at_once_is_one_consent(cast: Cast) -> None:
    seed(cast.at)
    entry = put_in(cast.handler, at=cast.at)
    use = Use(owner=("thing", 1), slot="a", title="二期厂房")
    kind = OwnerKind(code="thing", may_read=lambda *_: True, may_write=lambda *_: True)
    people = (cast.handler, cast.legal_representative)
    with owning(kind):
        results = at_once(
            *(lambda by=by: operations.let_use(entry=entry, use=use, by=by, at=cast.at) for by in people)  # type: ignore[misc]
        )
    assert len({one.pk for one in results}) == 1
    assert Consent.objects.count() == 1
