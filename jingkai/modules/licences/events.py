"""Facts of the licence library."""

from dataclasses import dataclass

__all__ = ["ConsentRevoked", "LicenceExpired"]


@dataclass(frozen=True, slots=True)
class LicenceExpired:
    """The last day of a licence's validity has passed."""

    entry_id: int


@dataclass(frozen=True, slots=True)
class ConsentRevoked:
    """An enterprise took its consent to the use of a licence back, for the future."""

    consent_id: int
