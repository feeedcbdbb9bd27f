"""Rights, standard roles, and the law of the three administrators (三员分立)."""

from collections.abc import Iterable

from jingkai.kernel.organisation.data import Administration, StandardRole
from jingkai.kernel.permissions.api import all_permissions
from jingkai.kernel.permissions.data import Permission

MANAGE_UNITS = "organisation.manage_units"
MANAGE_PEOPLE = "organisation.manage_people"
MANAGE_DELEGATIONS = "organisation.manage_delegations"
MANAGE_ROLES = "organisation.manage_roles"
READ_DIRECTORY = "organisation.read_directory"
SEE_ZONE = "organisation.see_zone"

PERMISSIONS = (
    Permission(MANAGE_UNITS, "维护机构、岗位和园区", "Edit units, posts and parks", "organisation"),
    Permission(MANAGE_PEOPLE, "维护人员和任职", "Edit people and appointments", "organisation"),
    Permission(MANAGE_DELEGATIONS, "代为设置委托代办", "Enter delegations for others", "organisation"),
    Permission(MANAGE_ROLES, "维护角色并授权到岗位", "Edit roles and put them on posts", "organisation"),
    Permission(
        READ_DIRECTORY, "查看机构和人员名录", "Read the directory of units and people", "organisation"
    ),
    Permission(SEE_ZONE, "查看全区事项", "See every matter of the zone", "organisation"),
)

STANDARD_ROLES = (
    StandardRole("clerk", "窗口受理员", "Window clerk"),
    StandardRole("hall_manager", "大厅管理员", "Manager of the service hall"),
    StandardRole("officer", "审查员", "Reviewing officer"),
    StandardRole("unit_head", "部门负责人", "Head of department"),
    StandardRole("signer", "审批签发人", "Deciding officer"),
    StandardRole("custodian", "印章保管员", "Seal custodian"),
    StandardRole("leader", "园区领导", "Zone leader"),
    StandardRole("supervisor", "督查员", "Supervisor"),
    StandardRole("service_agent", "带办专员", "Service agent"),
    StandardRole("county_officer", "县级部门经办人", "Officer of a county department"),
    StandardRole("catalogue_editor", "事项管理员", "Catalogue editor"),
    StandardRole("system_admin", "系统管理员", "System administrator", Administration.SYSTEM),
    StandardRole("security_admin", "安全管理员", "Security administrator", Administration.SECURITY),
    StandardRole("audit_admin", "审计管理员", "Audit administrator", Administration.AUDIT),
    StandardRole(
        "enterprise_legal_representative", "企业法定代表人", "Legal representative of an enterprise"
    ),
    StandardRole("enterprise_handler", "企业经办人", "Handler of an enterprise"),
    StandardRole("enterprise_agent", "代理人", "Agent of an enterprise"),
)

ENTERPRISE_ROLE_PREFIX = "enterprise_"
"""A representation in a role carries the rights of the role with this prefix before its name."""

RESERVED = {
    MANAGE_UNITS: Administration.SYSTEM,
    MANAGE_PEOPLE: Administration.SYSTEM,
    MANAGE_DELEGATIONS: Administration.SYSTEM,
    MANAGE_ROLES: Administration.SECURITY,
}
"""Rights that belong to one administration alone."""

SHARED = frozenset({READ_DIRECTORY})
"""Rights that every role may carry: who looks up a colleague administers nothing."""

RESERVED_BY_APP = {
    "rules": Administration.SYSTEM,
    "calendar": Administration.SYSTEM,
    "events": Administration.SYSTEM,
    "health": Administration.SYSTEM,
    "notices": Administration.SYSTEM,
    "accounts": Administration.SECURITY,
    "pace": Administration.SECURITY,
    "audit": Administration.AUDIT,
}
"""Every right of these apps belongs to one administration."""

_defaults: dict[str, set[str]] = {role.code: set() for role in STANDARD_ROLES}


def grant_by_default(role_code: str, *codes: str) -> None:
    """Say, while starting, which rights a standard role begins with in a new installation.

    What is granted to an administrator's role is thereby reserved to that administration.
    """
    if role_code not in _defaults:
        raise LookupError(f"there is no standard role {role_code}")
    _defaults[role_code].update(codes)


def default_rights(role_code: str) -> list[str]:
    """Give the rights a standard role begins with; an administrator's has all that are reserved to it."""
    role = next(role for role in STANDARD_ROLES if role.code == role_code)
    reserved = {
        item.code
        for item in all_permissions()
        if role.administration and administration_of(item.code) is role.administration
    }
    return sorted(_defaults[role_code] | reserved)


def administration_of(permission: str) -> Administration | None:
    """Give the administration to which a right belongs alone, or None for a right of daily work."""
    if permission in SHARED:
        return None
    if permission in RESERVED:
        return RESERVED[permission]
    carriers = [role for role in STANDARD_ROLES if permission in _defaults[role.code]]
    if carriers and all(role.administration for role in carriers):
        return carriers[0].administration
    return RESERVED_BY_APP.get(permission.partition(".")[0])


def misplaced_rights(administration: Administration | None, permissions: Iterable[str]) -> list[str]:
    """Give the rights that a role of this administration (None: of daily work) may not carry.

    None of the three holds another's rights, and nobody else holds theirs (GB/T 22239, level 3).
    """
    apart = set(permissions) - SHARED
    return sorted(code for code in apart if administration_of(code) is not administration)


def may_stand_in_for(permission: str) -> bool:
    """Whether a right passes to the person somebody delegates to: an administrator's never does."""
    return administration_of(permission) is None
