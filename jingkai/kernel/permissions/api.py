"""The door of permissions: declare rights, guard pages, know who acts."""

from jingkai.kernel.permissions.data import SYSTEM, VISITOR, Access, Actor, Permission
from jingkai.kernel.permissions.operations import (
    MissingRight,
    NotPermitted,
    page_of,
    public,
    requires,
    signed_in,
    staff,
)
from jingkai.kernel.permissions.queries import access_of, actor_of, all_permissions, may
from jingkai.kernel.permissions.rules import (
    PUBLIC,
    SIGNED_IN,
    STAFF,
    Request,
    after_the_guard,
    declare,
    guard,
    on_login_needed,
    set_actor_resolver,
)

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "STAFF",
    "SYSTEM",
    "VISITOR",
    "Access",
    "Actor",
    "MissingRight",
    "NotPermitted",
    "Permission",
    "Request",
    "access_of",
    "actor_of",
    "after_the_guard",
    "all_permissions",
    "declare",
    "guard",
    "may",
    "on_login_needed",
    "page_of",
    "public",
    "requires",
    "set_actor_resolver",
    "signed_in",
    "staff",
]
