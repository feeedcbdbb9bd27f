"""Who may read and add files: the app that owns them says so."""

from __future__ import annotations

from jingkai.kernel.hooks.api import Registry, file_read_checks
from jingkai.kernel.permissions.api import Actor
from jingkai.records.files.data import OwnerKind

owners: Registry[OwnerKind] = Registry("file_owners", key=lambda owner: owner.code)
"""The kinds of owners, each registered by its app when the product starts."""


def register_owner(owner: OwnerKind) -> OwnerKind:
    """Make a kind of owner known."""
    return owners.register(owner)


def owner_kind(code: str) -> OwnerKind | None:
    """Find a kind of owner; kinds of apps below this one register their read check in the kernel's hook."""
    known = owners.get(code)
    if known is not None:
        return known
    check = file_read_checks.get(code)
    return OwnerKind(code=code, may_read=check.may_read) if check else None


def may_read(actor: Actor, *, owner: str, owner_id: int) -> bool:
    """Ask the owner's app; a kind that nobody registered is read by nobody."""
    kind = owner_kind(owner)
    return kind is not None and (actor.kind == "system" or bool(kind.may_read(actor, owner_id)))


def may_write(actor: Actor, *, owner: str, owner_id: int, slot: str) -> bool:
    """Ask the owner's app; a kind without a write check takes no uploads from people."""
    if actor.kind == "system":
        return True
    kind = owner_kind(owner)
    return kind is not None and kind.may_write is not None and bool(kind.may_write(actor, owner_id, slot))
