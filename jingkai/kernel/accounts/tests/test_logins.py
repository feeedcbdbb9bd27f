"""What the security administrator does about other people's second factors."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jingkai.kernel.accounts import operations as ops
from jingkai.kernel.accounts import queries
from jingkai.kernel.accounts.testing import log_in, login_of
from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.permissions.data import SYSTEM
from jingkai.kernel.submissions.testing import with_token

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"how": "in_person"},
        {"how": "in_person", "words": "ok"},
        {"how": "by_feeling", "words": "工作证，王主任在场"},
        {"words": "工作证，王主任在场"},
    ],
)
def test_a_second_factor_is_not_taken_away_unless_it_is_said_how_its_owner_was_known(
    client: Client, cast: Cast, given: dict[str, str]
) -> None:
    user, admin = login_of(cast.clerk), log_in(client, cast.security_admin)
    ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    answer = client.post(f"/system/logins/{user.uuid}/second-factor", with_token(given, user=admin))
    assert answer.status_code == 422
    assert queries.has_second_factor(user.pk)


def test_how_the_owner_was_known_stands_on_the_trail(client: Client, cast: Cast) -> None:
    user, admin = login_of(cast.clerk), log_in(client, cast.security_admin)
    ops.enrol_totp(user=user, by=SYSTEM, at=cast.at)
    url = f"/system/logins/{user.uuid}/second-factor"
    page = client.get(url, headers=EN).content.decode()
    assert "How did the person prove who they are?" in page
    given: dict[str, Any] = {"how": "in_person", "words": "工作证，王主任在场"}
    assert client.post(url, with_token(given, user=admin)).status_code == 302
    assert not queries.has_second_factor(user.pk)
    last = list(entries_of(user))[-1]
    assert last.action == "login.second_factor_removed"
    assert (last.facts["proven"], last.facts["by_what"]) == ("in_person", "工作证，王主任在场")
