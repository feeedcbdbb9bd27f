"""Words of seals: keys, authorisations, what a signature says. Standard library only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


class UnreadablePdf(ValueError):
    """The bytes are no PDF, or it is cut off or damaged; `reason` is `not_pdf`, `truncated` or `damaged`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotSealable(ValueError):
    """The bytes are no PDF that can be signed."""


@dataclass(frozen=True, slots=True)
class SealFace:
    """What is seen on a round seal: the organ along the edge, the line across, the number, and its size."""

    ring_text: str
    line_text: str
    number_text: str
    diameter_mm: float
    demo: bool


@dataclass(frozen=True, slots=True)
class CertificateSubject:
    """Whom a seal's certificate names: the seal, the organ it belongs to, and its code."""

    common_name: str
    organisation: str
    code: str
    demo: bool


class SealKeys(Protocol):
    """Where private keys of seals live and sign; they never leave it.

    The folder of encrypted keys of this installation implements it; a PKCS#11 token or the provincial SM2
    service is another class with these methods.
    """

    def create(self, key_name: str, subject: CertificateSubject, *, at: datetime) -> bytes:
        """Make a key and return its certificate (DER)."""

    def sign(self, key_name: str, content: bytes, *, digest: str) -> bytes:
        """Sign content with a key (RSA, PKCS #1 v1.5, over the named digest)."""

    def issuers(self) -> list[bytes]:
        """Give the certificates (DER) that a verifier must trust, root first."""


@dataclass(frozen=True, slots=True)
class Authorisation:
    """Somebody's approved decision that a seal may be put on one paper.

    `approved_by` is the party who decided; `seal_code` limits it to one seal, empty allows any.
    """

    kind: str
    id: int
    title: str
    approved_by: int
    approved_at: datetime
    seal_code: str = ""


AuthorisationLoader = Callable[[int], Authorisation | None]
"""Finds an approved decision by its number; None where there is none or it is not approved."""


@dataclass(frozen=True, slots=True)
class AuthorisationKind:
    """A kind of decision that can authorise a seal's use, registered by the app that records it."""

    code: str
    load: AuthorisationLoader


STANDING = "standing"
"""The kind of an authorisation that serves all papers of some kinds (`models.StandingAuthorisation`)."""


@dataclass(frozen=True, slots=True)
class StandingPaper:
    """A kind of document that may be sealed under a standing authorisation, registered by who issues it."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class SealPlace:
    """Where a seal goes: page from 1, its middle in millimetres from the page's top left corner."""

    page: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class SealedPaper:
    """A sealed paper and the line of the ledger that its sealing left."""

    content: bytes
    use_id: int
    use_number: str


Problem = Literal["altered", "appended", "untrusted", "expired", "unreadable"]
"""Content changed; something added later; unknown issuer; certificate not valid then; broken signature."""


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What one signature of a PDF says about itself, and whether that holds."""

    seal: str
    organisation: str
    code: str
    signer: str
    reason: str
    at: datetime | None
    intact: bool
    covers_whole: bool
    trusted: bool
    demo: bool
    problems: tuple[Problem, ...] = ()

    @property
    def good(self) -> bool:
        """True where nothing was changed or added and the issuer is known."""
        return self.intact and self.covers_whole and self.trusted


@dataclass(frozen=True, slots=True)
class UseLine:
    """One line of the ledger as a page shows it; `in_year` counts the uses of its own seal: 2026-15."""

    id: int
    number: str
    in_year: str
    seal_code: str
    seal_name: str
    purpose: str
    authorisation_title: str
    authorised_by: str
    authorised_at: datetime
    applied_by: str
    applied_at: datetime
    subject_kind: str
    subject_id: int | None
    sealed_sha256: str
