"""The register of ratings: narrowed, sorted, page by page at the same cost; and one rating in full."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jingkai.kernel.parties.models import Party
from jingkai.kernel.permissions.data import Actor
from jingkai.modules.evaluations import rules
from jingkai.modules.evaluations.models import Complaint, Evaluation, Rectification

PAGE = 30
STATES = {
    "bad": Q(level__lte=2),
    "handling": Q(rectification__state=Rectification.State.HANDLING),
    "visiting": Q(rectification__state=Rectification.State.VISITING),
    "closed": Q(rectification__state=Rectification.State.CLOSED),
    "appealed": Q(appeal__isnull=False, appeal__decided_at=None),
    "uncounted": Q(counted=False),
    "to_review": Q(publication=Evaluation.Publication.WAITING),
    "complaint": Q(complaint__isnull=False),
}
ORDERS = {"": ("-rated_at", "-pk"), "level": ("level", "pk")}


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the sort value and the number of its last row."""

    value: str
    pk: int

    def __str__(self) -> str:
        return f"{self.value}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Read a cursor from an address; anything malformed means the first page."""
        value, _dash, number = text.partition("~")
        return cls(value, int(number)) if value and number.isdecimal() and len(number) < 19 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the register is narrowed by, and how it is sorted; empty fields do not narrow."""

    text: str = ""
    level: int | None = None
    channel: str = ""
    state: str = ""
    unit: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = field(default="")


def list_evaluations(
    *, actor: Actor, wanted: Wanted, after: Cursor | None = None, limit: int = PAGE
) -> tuple[list[Evaluation], Cursor | None]:
    """One page of the ratings that the actor may see, and where the next begins."""
    rows = _narrowed(_visible(actor), wanted)
    first, second = ORDERS.get(wanted.sort, ORDERS[""])
    if after is not None:
        rows = _behind(rows, after, worst=wanted.sort == "level")
    found = list(rows.order_by(first, second)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    value = str(last.level) if wanted.sort == "level" else last.rated_at.isoformat()
    return found[:limit], Cursor(value, last.pk)


def _behind(rows: QuerySet[Evaluation], after: Cursor, *, worst: bool) -> QuerySet[Evaluation]:
    try:
        if worst:
            level = int(after.value)
            return rows.filter(Q(level__gt=level) | Q(level=level, pk__gt=after.pk))
        at = datetime.fromisoformat(after.value)
        if at.tzinfo is None:
            return rows
        return rows.filter(Q(rated_at__lt=at) | Q(rated_at=at, pk__lt=after.pk))
    except ValueError:
        return rows


def _visible(actor: Actor) -> QuerySet[Evaluation]:
    rows = Evaluation.objects.select_related(
        "unit", "person", "enterprise", "rectification__case", "appeal", "complaint__case"
    )
    return rows if rules.SEE_ALL in actor.permissions else rows.filter(unit_id__in=actor.unit_ids)


def _narrowed(rows: QuerySet[Evaluation], wanted: Wanted) -> QuerySet[Evaluation]:
    if wanted.level is not None:
        rows = rows.filter(level=wanted.level)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.state in STATES:
        rows = rows.filter(STATES[wanted.state])
    if wanted.unit:
        rows = rows.filter(unit__uuid=wanted.unit)
    if wanted.since:
        rows = rows.filter(rated_at__date__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(rated_at__date__lte=wanted.until)
    if wanted.text:
        named = Q(reference__icontains=wanted.text, anonymous=False)
        rows = rows.filter(named | Q(comment__icontains=wanted.text) | Q(item_name__icontains=wanted.text))
    return rows


def rated_units(actor: Actor) -> list[Party]:
    """The units of which the actor sees ratings, for the filter."""
    rows = Party.objects.filter(pk__in=Evaluation.objects.order_by().values("unit"))
    if rules.SEE_ALL not in actor.permissions:
        rows = rows.filter(pk__in=actor.unit_ids)
    return list(rows.order_by("pk"))


def all_evaluations() -> list[Evaluation]:
    """Every rating in the order in which they were given; for a whole zone's first days."""
    return list(Evaluation.objects.select_related("rectification__case").order_by("rated_at", "pk"))


def get_evaluation(*, uuid: UUID, actor: Actor) -> Evaluation | None:
    """One rating with everything that followed, for those who may see it."""
    rows = _visible(actor).prefetch_related("visits__by").select_related("reviewed_by")
    return rows.filter(uuid=uuid).first()


def own_evaluations(*, person_id: int, enterprise_ids: Collection[int]) -> Sequence[Evaluation]:
    """The ratings that a person gave, and those of their enterprises that were not given without a name."""
    mine = Q(rater_id=person_id) | Q(enterprise_id__in=list(enterprise_ids), anonymous=False)
    rows = Evaluation.objects.filter(mine).select_related("rectification", "complaint", "unit")
    return list(rows.prefetch_related("visits").order_by("-rated_at", "-pk")[:100])


def of_case(case_id: int) -> Evaluation | None:
    """The rating behind a case of rectification or complaint."""
    found = Rectification.objects.filter(case_id=case_id).values_list("evaluation_id", flat=True).first()
    found = found or Complaint.objects.filter(case_id=case_id).values_list("evaluation_id", flat=True).first()
    if found is None:
        return None
    rows = Evaluation.objects.select_related("unit", "person", "enterprise", "rectification", "complaint")
    return rows.prefetch_related("visits__by").get(pk=found)
