"""Reads: who proves identities, whose login an identity is, what an arrival says."""

from __future__ import annotations

import json
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from jingkai.kernel.accounts.api import find_login
from jingkai.kernel.accounts.models import User
from jingkai.kernel.federation.data import ARRIVAL_LIFE, Identity
from jingkai.kernel.federation.models import Arrival, Link, Provider
from jingkai.kernel.parties.api import is_mobile, lookup_hash, plain_phone
from jingkai.kernel.permissions.data import Actor


def offered() -> list[Provider]:
    """The platforms that the log-in page offers."""
    return list(Provider.objects.filter(active=True).order_by("pk"))


def providers(*, text: str = "", state: str = "") -> QuerySet[Provider]:
    """Platforms with the number of logins linked to each, narrowed."""
    living = Count("links", filter=Q(links__ended_at=None))
    rows = Provider.objects.annotate(link_count=living)
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(issuer__icontains=text))
    return rows.filter(active=state == "on") if state else rows


def subject_hash(provider: Provider, identity: Identity) -> str:
    """How an identity is known: by issuer and number (OpenID Connect, 5.7); neither alone is enough."""
    return lookup_hash(f"{provider.settings().issuer}\n{identity.subject}")


def find_link(provider_id: int, subject_hash: str) -> Link | None:
    """The living link of an identity."""
    rows = Link.objects.select_related("user__person__party")
    return rows.filter(provider_id=provider_id, subject_hash=subject_hash, ended_at=None).first()


def is_linked(provider_id: int, subject_hash: str, user_id: int) -> bool:
    """Whether the identity or the login has a link already."""
    mine = Q(subject_hash=subject_hash) | Q(user_id=user_id)
    return Link.objects.filter(mine, provider_id=provider_id, ended_at=None).exists()


def links_of(user_id: int) -> list[Link]:
    """The living links of a login."""
    rows = Link.objects.select_related("provider").filter(user_id=user_id, ended_at=None)
    return list(rows.order_by("linked_at"))


def count_links(user_id: int) -> int:
    """By how many living links a login can be entered."""
    return Link.objects.filter(user_id=user_id, ended_at=None, provider__active=True).count()


def open_arrival(uuid: str | None, *, at: datetime) -> Arrival | None:
    """An arrival about which its person must still say something."""
    rows = Arrival.objects.select_related("provider", "user__person__party")
    found = (
        rows.filter(uuid=uuid, settled_at=None, arrived_at__gt=at - ARRIVAL_LIFE).first() if uuid else None
    )
    return found if found is not None and found.identity else None


def identity_of_arrival(row: Arrival) -> Identity:
    """Whose identity arrived."""
    return Identity(**json.loads(row.identity))


def login_by_phone(identity: Identity) -> User | None:
    """The one login whose person has the phone that the platform told."""
    phone = plain_phone(identity.phone)
    return find_login(phone) if is_mobile(phone) else None


def actor_of(user: User) -> Actor:
    """The person of a login as the one who acts upon it, without rights."""
    name = user.person.party.name if user.person else user.username
    return Actor(
        party_id=user.person_id,
        user_id=user.pk,
        name=name,
        kind="staff" if user.is_staff else "enterprise",
    )
