"""The door of the unified log-in: the registry of enterprises connects itself here; providers are entered."""

from jingkai.kernel.federation.data import EnterprisePort, EnterpriseWords
from jingkai.kernel.federation.operations import ProviderDraft, add_provider, change_provider, switch_provider
from jingkai.kernel.federation.rules import set_enterprise_port

__all__ = [
    "EnterprisePort",
    "EnterpriseWords",
    "ProviderDraft",
    "add_provider",
    "change_provider",
    "set_enterprise_port",
    "switch_provider",
]
