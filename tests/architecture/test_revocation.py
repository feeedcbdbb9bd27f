"""A right that is taken back ends at once: at the very next request of a session that is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from jingkai.kernel.accounts import api as accounts
from jingkai.kernel.accounts import operations as logins
from jingkai.kernel.accounts.data import IdentityCheck, IdentityProof
from jingkai.kernel.accounts.testing import PASSWORD, log_in, login_of
from jingkai.kernel.exchange.operations.tokens import revoke_token
from jingkai.kernel.exchange.testing import ApiClient, make_token
from jingkai.kernel.organisation import operations as organisation
from jingkai.kernel.organisation.models import Appointment, Delegation, Role
from jingkai.kernel.organisation.testing import Cast
from jingkai.kernel.parties.api import end_representation, set_active
from jingkai.kernel.parties.models import Representation
from jingkai.kernel.permissions.data import SYSTEM

pytestmark = pytest.mark.django_db
COCKPIT, ENTERPRISE = "/cockpit/", "/enterprise/"
OUT, REFUSED = 302, 403


def _role_loses_the_right(cast: Cast) -> None:
    role = Role.objects.get(code="leader")
    organisation.change_role(
        role=role,
        name=role.name,
        name_en=role.name_en,
        permissions=set(role.permissions) - {"inbox.see_cockpit"},
        version=role.version,
        by=cast.security_admin,
        at=cast.at,
    )


def _post_loses_the_role(cast: Cast) -> None:
    post = cast.post("leader")
    organisation.put_roles_on_post(
        post=post, roles=[], version=post.version, by=cast.security_admin, at=cast.at
    )


def _appointment(cast: Cast) -> Appointment:
    return Appointment.objects.get(person=cast.person("leader"))


def _appointment_ends(cast: Cast) -> None:
    row, last = _appointment(cast), cast.on - timedelta(days=1)
    organisation.end_appointment(
        appointment=row, ends_on=last, version=row.version, by=cast.system_admin, at=cast.at
    )


def _appointment_is_taken_back(cast: Cast) -> None:
    organisation.void_appointment(
        appointment=_appointment(cast), reason="误录", by=cast.system_admin, at=cast.at
    )


def _delegation_ends(cast: Cast) -> None:
    organisation.end_delegation(delegation=Delegation.objects.get(), by=cast.leader, at=cast.at)


def _representation_ends(cast: Cast) -> None:
    row = Representation.objects.get(person=cast.person("handler"))
    end_representation(representation=row, on=cast.on, by=SYSTEM, at=cast.at)


def _enterprise_is_closed(cast: Cast) -> None:
    set_active(party=cast.enterprise, active=False, by=SYSTEM, at=cast.at)


def _person_leaves(cast: Cast) -> None:
    logins.let_go(person=cast.person("leader"), by=cast.system_admin, at=cast.at)


def _login_is_closed(cast: Cast) -> None:
    accounts.set_login_active(user=login_of(cast.leader), active=False, by=cast.security_admin, at=cast.at)


def _sessions_are_ended(cast: Cast) -> None:
    accounts.end_sessions(user=login_of(cast.leader), by=cast.security_admin, at=cast.at)


def _password_is_set_anew(cast: Cast) -> None:
    logins.reset_password(user=login_of(cast.leader), by=cast.security_admin, at=cast.at)


def _second_factor_is_taken_away(cast: Cast) -> None:
    proof = IdentityProof(IdentityCheck.IN_PERSON, "工作证")
    user = login_of(cast.leader)
    logins.remove_second_factor(user=user, proof=proof, by=cast.security_admin, at=cast.at)


def _everybody_is_signed_out(cast: Cast) -> None:
    by = replace(cast.security_admin, user_id=login_of(cast.security_admin).pk)
    logins.end_all_sessions(keep="", reason="演练", by=by, at=cast.at)


Revoke = Callable[[Cast], None]
REVOKED: tuple[tuple[str, str, Revoke, int], ...] = (
    ("leader", COCKPIT, _role_loses_the_right, REFUSED),
    ("leader", COCKPIT, _post_loses_the_role, REFUSED),
    ("leader", COCKPIT, _appointment_ends, REFUSED),
    ("leader", COCKPIT, _appointment_is_taken_back, REFUSED),
    ("stand_in", COCKPIT, _delegation_ends, REFUSED),
    ("stand_in", COCKPIT, _appointment_ends, REFUSED),
    ("stand_in", COCKPIT, _role_loses_the_right, REFUSED),
    ("handler", ENTERPRISE, _representation_ends, REFUSED),
    ("handler", ENTERPRISE, _enterprise_is_closed, REFUSED),
    ("leader", COCKPIT, _person_leaves, OUT),
    ("leader", COCKPIT, _login_is_closed, OUT),
    ("leader", COCKPIT, _sessions_are_ended, OUT),
    ("leader", COCKPIT, _password_is_set_anew, OUT),
    ("leader", COCKPIT, _second_factor_is_taken_away, OUT),
    ("leader", COCKPIT, _everybody_is_signed_out, OUT),
)


def _opened(cast: Cast, who: str) -> Client:
    """A session in use; the one who stands in has the leader's rights by delegation."""
    client = Client()
    name = "clerk" if who == "stand_in" else who
    if who == "stand_in":
        organisation.delegate(
            from_person=cast.person("leader"),
            to_person=cast.person("clerk"),
            starts_on=cast.on,
            ends_on=cast.on + timedelta(days=3),
            reason="出差",
            by=cast.leader,
            at=cast.at,
        )
        cast.forget()
    user = login_of(getattr(cast, name))
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("who", "path", "revoke", "status"), REVOKED, ids=lambda one: getattr(one, "__name__", None)
)
def test_what_is_taken_back_ends_at_the_next_request(
    cast: Cast, who: str, path: str, revoke: Revoke, status: int
) -> None:
    client = _opened(cast, who)
    assert client.get(path).status_code not in (OUT, REFUSED)
    revoke(cast)
    assert client.get(path).status_code == status


@pytest.mark.parametrize("days", [3, 4])
def test_a_right_that_ends_on_a_day_is_gone_on_the_next(cast: Cast, days: int) -> None:
    client = _opened(cast, "stand_in")
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        log_in(client, cast.clerk)
        assert (client.get(COCKPIT).status_code == REFUSED) is (days > 3)


def test_a_token_that_is_taken_back_opens_nothing(cast: Cast) -> None:
    token, text = make_token(["items:read"])
    assert ApiClient(text).get("items").status_code == 200
    revoke_token(token=token, reason="停用", by=SYSTEM, at=timezone.now())
    answer: Any = ApiClient(text).get("items")
    assert answer.status_code == 401
