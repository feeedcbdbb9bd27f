"""What happened in the service hall, told to other modules by ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ApplicationSubmitted:
    """An enterprise submitted an application, for the first time or after correction."""

    application_id: int
    sequence: int


@dataclass(frozen=True)
class ApplicationAccepted:
    """The window accepted the application; the decision clocks run."""

    application_id: int


@dataclass(frozen=True)
class ResultSealed:
    """The result is sealed and may be collected."""

    application_id: int
    decision_id: int


@dataclass(frozen=True)
class ServiceRated:
    """The applicant rated the service."""

    application_id: int
    level: int


@dataclass(frozen=True)
class ItemStarted:
    """An item of an application began; its clock runs."""

    application_id: int
    item_id: int


@dataclass(frozen=True)
class ItemSuspended:
    """An item's clock stands still, for an expert review or a hearing."""

    application_id: int
    item_id: int


@dataclass(frozen=True)
class ItemResumed:
    """An item's clock runs again."""

    application_id: int
    item_id: int


@dataclass(frozen=True)
class ItemConcluded:
    """The work on an item is done: a result or a denial is sealed, a conditional result issued, or an opinion
    given where the item has no result of its own."""

    application_id: int
    item_id: int


@dataclass(frozen=True)
class ItemSealed:
    """One item's own formal result is sealed and may be collected."""

    application_id: int
    item_id: int
    decision_id: int


@dataclass(frozen=True)
class ConditionMet:
    """The document for which conditional results waited was checked and found right."""

    application_id: int
    condition_run_id: int


@dataclass(frozen=True)
class ResultReissued:
    """The entrusting department issued its own document on the zone's."""

    application_id: int
    reissue_id: int


@dataclass(frozen=True)
class MandateGiven:
    """An agent accepted an enterprise's mandate; it counts from now on."""

    mandate_id: int


@dataclass(frozen=True)
class MandateEnded:
    """A mandate ended; the agent acts no more."""

    mandate_id: int


@dataclass(frozen=True)
class ResultDelivered:
    """A result reached the applicant for the first time: downloaded, handed over, or by post."""

    application_id: int
    delivery_id: int


@dataclass(frozen=True)
class ResultReplaced:
    """A new document took the place of a result: after a loss, a damage, a change or a correction."""

    application_id: int
    replacement_id: int
