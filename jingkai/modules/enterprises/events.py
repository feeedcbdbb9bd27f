"""Facts of the enterprise registry."""

from dataclasses import dataclass

__all__ = ["EnterpriseChanged", "EnterpriseRegistered"]


@dataclass(frozen=True, slots=True)
class EnterpriseRegistered:
    """An enterprise was entered into the registry."""

    enterprise_id: int


@dataclass(frozen=True, slots=True)
class EnterpriseChanged:
    """What the registry says about an enterprise changed."""

    enterprise_id: int
