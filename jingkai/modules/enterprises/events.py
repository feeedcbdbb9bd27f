"""Facts of the enterprise registry."""

from dataclasses import dataclass

__all__ = ["EnterpriseChanged", "EnterpriseHandedOver", "EnterpriseRegistered", "FeeSettled"]


@dataclass(frozen=True, slots=True)
class EnterpriseRegistered:
    """An enterprise was entered into the registry."""

    enterprise_id: int


@dataclass(frozen=True, slots=True)
class EnterpriseChanged:
    """What the registry says about an enterprise changed."""

    enterprise_id: int


@dataclass(frozen=True, slots=True)
class EnterpriseHandedOver:
    """The account of an enterprise passed to a new legal representative; the old one acts no more."""

    enterprise_id: int
    from_person_id: int | None
    to_person_id: int


@dataclass(frozen=True, slots=True)
class FeeSettled:
    """A fee demand is paid in full."""

    demand_id: int
