"""One matter with everything that its pages show, read in two statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from jingkai.casework.cases.models import Opinion
from jingkai.casework.clock.data import State
from jingkai.casework.clock.models import Clock
from jingkai.kernel.calendar.api import Calendar, get_calendar, year_prints
from jingkai.kernel.hooks.api import OWN, Prepared, Slots, packed, unpacked, unpacked_one
from jingkai.modules.approvals.models import (
    Application,
    ApplicationItem,
    ConstructionPermit,
    Correction,
    CorrectionFault,
    Decision,
    ExpertReview,
    ItemRun,
    Mandate,
    Material,
    Power,
    Question,
    Rating,
    Submission,
)
from jingkai.modules.approvals.queries.completeness import MaterialRow, facts_now, material_rows
from jingkai.modules.approvals.queries.matters import Conclusion
from jingkai.modules.enterprises import api as enterprises
from jingkai.modules.licences import api as licences
from jingkai.records.documents import api as documents
from jingkai.records.documents.data import DocumentLine
from jingkai.records.documents.models import IssuedDocument
from jingkai.records.files import api as files
from jingkai.records.files.models import Attachment

Q = TypeVar("Q", Question, ExpertReview)

OWNER = "application"
ISSUED = (IssuedDocument.State.VALID, IssuedDocument.State.REVOKED, IssuedDocument.State.REPLACED)
ALONG = (
    "package",
    "enterprise",
    "handler",
    "case",
    "correction__document",
    "permit__attachment",
    "rating",
)


@dataclass(frozen=True)
class MatterFile:
    """A matter as it was when the page was asked for; `questions`, `reviews` and `items` know each other.

    `powers` are those registered for the deciding item, `conclusion` the newest joint conclusion, `mandates`
    those under which agents acted in it, the newest first.
    """

    application: Application
    uscc: str
    items: Sequence[ApplicationItem]
    submissions: Sequence[Submission]
    questions: Sequence[Question]
    reviews: Sequence[ExpertReview]
    materials: Sequence[MaterialRow]
    faults: Sequence[CorrectionFault]
    papers: Sequence[DocumentLine]
    powers: Sequence[Power]
    conclusion: Conclusion | None
    prints: Mapping[str, str]
    has_network: bool = False
    mandates: Sequence[Mandate] = ()

    @property
    def correction(self) -> Correction | None:
        """The once-only notice."""
        return getattr(self.application, "correction", None)

    @property
    def permit(self) -> ConstructionPermit | None:
        """The construction permit that was asked for."""
        return getattr(self.application, "permit", None)

    @property
    def rating(self) -> Rating | None:
        """What the applicant thinks of the service."""
        return getattr(self.application, "rating", None)

    @property
    def signed(self) -> Decision | None:
        """The decision, whether or not it is sealed yet; a package with a network has one for each item."""
        if self.has_network:
            return None
        found = (getattr(item, "decision", None) for item in self.items)
        return next((one for one in found if one is not None), None)

    @property
    def decision(self) -> Decision | None:
        """The sealed decision."""
        return self.signed if self.signed is not None and self.signed.document_id else None

    @cached_property
    def calendar(self) -> Calendar:
        """The installation's calendar, whose state was read along."""
        return get_calendar(self.prints)

    @property
    def open_faults(self) -> Sequence[MaterialRow]:
        """The materials of the notice for which no new file was uploaded."""
        return [row for row in self.materials if row.fault and not row.replaced]

    @property
    def counted_clocks(self) -> Sequence[Clock]:
        """The clocks whose days the applicant is accounted for: the items', before them acceptance."""
        return [item.clock for item in self.items] or [one.clock for one in self.submissions[-1:]]

    @property
    def due_days(self) -> Mapping[str, date]:
        """The day on which each running clock is due, by the key that a task names it with."""
        keyed = [("acceptance", one.clock) for one in self.submissions]
        keyed += [(item.branch, item.clock) for item in self.items]
        return {key: clock.due_on for key, clock in keyed if clock.state == State.RUNNING}

    def item_at(self, branch: str) -> ApplicationItem:
        """The item of one branch of the flow. Errors: ApplicationItem.DoesNotExist."""
        found = next((item for item in self.items if item.branch == branch), None)
        if found is None:
            raise ApplicationItem.DoesNotExist
        return found

    def open_review(self, item: ApplicationItem) -> ExpertReview | None:
        """The expert review for which the item's clock stands still now."""
        return next((one for one in self.reviews if one.item_id == item.pk and one.ended_at is None), None)


def file_of_case(*, case_id: int) -> MatterFile | None:
    """The matter of a case; None where the case has none."""
    return _read(_OF_CASE.first(case_id=case_id))


def file_of_enterprise(*, uuid: UUID, enterprise_ids: Collection[int]) -> MatterFile | None:
    """A matter of one of these enterprises; None where it is none of theirs."""
    return _read(_OF_ENTERPRISE.first(uuid=uuid, enterprises=list(enterprise_ids)))


def file_of_receipt(*, number: str, tail: str) -> MatterFile | None:
    """The matter with this receipt number and this end of the credit code; None where they do not fit."""
    row: Any = _OF_RECEIPT.first(number=number)
    return _read(row) if row is not None and (row.uscc or "").endswith(tail) else None


def _applications() -> QuerySet[Any]:
    """Applications with all that hangs on them directly, as arrays."""
    own = OuterRef("pk")
    given = Attachment.objects.filter(
        owner_kind=OWNER, owner_id=OuterRef(OuterRef("pk")), slot=OuterRef("code"), voided_at=None
    )
    materials = Material.objects.filter(package_id=OuterRef("package_id"))
    papers = IssuedDocument.objects.filter(owner_kind=OWNER, owner_id=own, state__in=ISSUED)
    written = Opinion.objects.filter(task__case_id=OuterRef("case_id"), task__node_id="summarise")
    rows = Application.objects.select_related(*ALONG).defer("case__words", "case__pins")
    return rows.annotate(
        uscc=enterprises.code_of("enterprise_id"),
        prints=year_prints(),
        uses_licences=licences.is_using(OWNER),
        has_network=Exists(ItemRun.objects.filter(application=own)),
        read_submissions=packed(Submission.objects.filter(application=own), "clock"),
        read_faults=packed(CorrectionFault.objects.filter(correction__application=own).order_by("pk")),
        read_materials=packed(materials, files=packed(given.order_by("pk"), "stored_file")),
        read_papers=packed(papers.order_by("pk"), "file"),
        read_mandates=packed(
            Mandate.objects.filter(matters=own).order_by("-given_at", "-pk"), "agent", "enterprise"
        ),
        read_conclusion=packed(written.order_by("-at", "-id")[:1]),
    )


def _items(slots: Slots) -> QuerySet[Any]:
    """The items of an application with their clocks, questions, reviews, powers and decision."""
    decision = ("decision", "decision__document", "decision__power", "decision__signed_by")
    rows = ApplicationItem.objects.filter(application_id=slots.number("application"))
    return rows.select_related("item", "unit", "clock", *decision, "decision__sealed_by").annotate(
        read_questions=packed(Question.objects.filter(item=OuterRef("pk"))),
        read_reviews=packed(ExpertReview.objects.filter(item=OuterRef("pk"))),
        read_powers=packed(Power.objects.filter(item=OuterRef("item_id"))),
    )


_OF_CASE = Prepared(lambda slots: _applications().filter(case_id=slots.number("case_id")))
_OF_ENTERPRISE = Prepared(
    lambda slots: _applications().filter(
        uuid=slots.uuid("uuid"), enterprise_id__in=slots.numbers("enterprises")
    )
)
_OF_RECEIPT = Prepared(lambda slots: _applications().filter(case__reference=slots.text("number")))
_ITEMS = Prepared(_items)


def _read(row: Any) -> MatterFile | None:
    if row is None:
        return None
    items: list[Any] = _ITEMS.fetch(application=row.pk) if row.accepted_at else []
    for item in items:
        item.application = row
    materials = unpacked(Material, row.read_materials)
    faults = _faults(row.read_faults, materials)
    return MatterFile(
        application=row,
        uscc=row.uscc or "",
        items=items,
        submissions=unpacked(Submission, row.read_submissions, "clock"),
        questions=_of_items(Question, items, "read_questions"),
        reviews=_of_items(ExpertReview, items, "read_reviews"),
        materials=_rows(row, materials, faults),
        faults=faults,
        papers=[documents.line_of(one) for one in unpacked(IssuedDocument, row.read_papers, "file")],
        powers=[one for item in items if item.decides for one in unpacked(Power, item.read_powers)],
        conclusion=_conclusion(row.read_conclusion),
        prints=row.prints,
        has_network=row.has_network,
        mandates=unpacked(Mandate, row.read_mandates, "agent", "enterprise"),
    )


def _rows(row: Any, materials: Iterable[Material], faults: Iterable[CorrectionFault]) -> list[MaterialRow]:
    """Each material with its files and its fault."""
    notice = getattr(row, "correction", None)
    given = {line[OWN]["code"]: _attached(line["files"]) for line in row.read_materials}
    named = {fault.material_id: fault.text for fault in faults}
    issued_at = notice.issued_at if notice else None
    return material_rows(materials, given, named, issued_at, facts_now(row))


def _attached(lines: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [files.line_of(one) for one in unpacked(Attachment, lines, "stored_file")]


def _faults(lines: Iterable[Mapping[str, Any]], materials: Iterable[Material]) -> list[CorrectionFault]:
    known = {material.pk: material for material in materials}
    faults = unpacked(CorrectionFault, lines)
    for fault in faults:
        fault.material = known[fault.material_id]
    return faults


def _of_items(model: type[Q], items: Iterable[Any], name: str) -> list[Q]:
    """The rows that were read along with each item, oldest first over all items."""
    found = []
    for item in items:
        for line in getattr(item, name):
            row = unpacked_one(model, line)
            row.item = item
            found.append(row)
    return found


def _conclusion(lines: Sequence[Mapping[str, Any]]) -> Conclusion | None:
    written = unpacked(Opinion, lines)
    return Conclusion(outcome=written[0].outcome, text=written[0].text) if written else None
