"""Who acts, what they may do, and what a page asks for. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ActorKind = Literal["staff", "enterprise", "system", "program", "visitor"]
"""Officers, people of an enterprise, the product, another system by its token, people without an account."""

AccessKind = Literal["public", "signed_in", "staff", "requires"]
"""Everyone; anyone with an account; any officer; holders of one of the named permissions."""


@dataclass(frozen=True, slots=True)
class Permission:
    """One named right, given to roles: `code` reads `app.verb_noun`."""

    code: str
    name: str
    name_en: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """What a page asks of its visitor; stands on the view as `view.access`."""

    kind: AccessKind
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind a request or an act, with everything that decides what they may see and do today.

    `grantees` are the parties whose grants they use: themselves, their posts and units, the zone for a
    leader, the enterprises they represent, and those of the people they stand in for (`on_behalf_of`).
    `overseen` are those among them through which they only see: a head has the posts of the unit, and the
    units below with theirs. `permissions` come from the roles of their posts.
    """

    party_id: int | None
    user_id: int | None
    name: str
    kind: ActorKind
    permissions: frozenset[str] = frozenset()
    grantees: tuple[int, ...] = ()
    unit_ids: tuple[int, ...] = ()
    post_ids: tuple[int, ...] = ()
    enterprise_ids: tuple[int, ...] = ()
    on_behalf_of: tuple[int, ...] = field(default=())
    overseen: tuple[int, ...] = field(default=())

    @property
    def pools(self) -> tuple[int, ...]:
        """The parties out of whose pools they may take work: their grants without what they only oversee."""
        overseen = set(self.overseen)
        return tuple(party for party in self.grantees if party not in overseen)


SYSTEM = Actor(party_id=None, user_id=None, name="系统", kind="system")
"""The product acting by itself: jobs, imports, deadlines."""

VISITOR = Actor(party_id=None, user_id=None, name="", kind="visitor")
"""Anyone without an account."""
