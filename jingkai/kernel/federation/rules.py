"""Rights over the unified log-in, and the way to the registry of enterprises above."""

from __future__ import annotations

from jingkai.kernel.accounts.models import User
from jingkai.kernel.federation.data import EnterprisePort
from jingkai.kernel.federation.models import Provider
from jingkai.kernel.permissions.data import Permission

MANAGE = "federation.manage"

PERMISSIONS = (Permission(MANAGE, "维护统一身份认证接入", "Manage the unified log-in", "accounts"),)

_port: list[EnterprisePort] = []


def set_enterprise_port(port: EnterprisePort) -> None:
    """Say, while starting, how enterprises are found and acted for (the registry does)."""
    _port[:] = [port]


def enterprise_port() -> EnterprisePort | None:
    """Give the way to the registry, where there is one."""
    return _port[0] if _port else None


def may_use(user: User, provider: Provider) -> bool:
    """Whether a login may be entered by a provider: staff sign in locally unless the setting says so."""
    return not user.is_staff or provider.for_staff
