"""What the interface gives and takes, as typed schemas; the descriptions stand in the OpenAPI document."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from ninja import Query, Schema
from pydantic import ConfigDict, Field

Money = Annotated[Decimal, Field(ge=Decimal("0.01"), le=Decimal(99999999), max_digits=12, decimal_places=2)]
Area = Annotated[Decimal, Field(ge=1, le=9999999, max_digits=10, decimal_places=2)]


SIZE = Query(50, ge=1, le=100)  # type: ignore[type-arg]
"""How many rows a page of a list gives."""


class Strict(Schema):
    """A body with unknown fields is refused: a misspelt field would be lost without a word."""

    model_config = ConfigDict(extra="forbid")


class ItemOut(Schema):
    """One item of the published catalogue (实施清单)."""

    code: str
    name: str
    name_en: str
    kind: str
    unit: str
    legal_basis: str
    conditions: str
    fee: str
    result_name: str
    promised: int | None = Field(description="Promised limit in the unit of the statutory one.")
    statutory: int | None
    statutory_unit: str
    visits: int
    confirmed: bool = Field(description="False until the zone has checked the entry against its own list.")
    version: int


class MaterialOut(Schema):
    """One material that a package asks for, once for all its items."""

    code: str
    name: str
    name_en: str
    requirement: str
    required: bool
    accepted: list[str]


class PackageOut(Schema):
    """A published package (一件事)."""

    code: str
    name: str
    name_en: str
    summary: str
    audience: str
    place: str
    phone: str
    version: int
    items: list[str]
    materials: list[MaterialOut]


class Facts(Strict):
    """The facts of the project, as the form of the hall asks them; a draft may leave some out."""

    project_name: Annotated[str, Field(max_length=120)] | None = None
    project_code: Annotated[str, Field(pattern=r"^\d{4}-\d{6}-\d{2}-\d{2}-\d{6}$")] | None = None
    project_address: Annotated[str, Field(max_length=200)] | None = None
    construction_kind: Literal["new", "extension", "alteration"] | None = None
    special_class: Literal["assembly", "care", "high-rise", "hazardous", "power", "large", "other"] | None = (
        None
    )
    building_use: Annotated[str, Field(max_length=120)] | None = None
    building_area: Area | None = None
    building_height: Annotated[Decimal, Field(ge=1, le=999, max_digits=6, decimal_places=2)] | None = None
    floors_above: Annotated[int, Field(ge=0, le=200)] | None = None
    floors_below: Annotated[int, Field(ge=0, le=20)] | None = None
    structure: Literal["frame", "shear-wall", "steel", "portal", "masonry"] | None = None
    shelter_area: Annotated[Decimal, Field(ge=0, le=9999999, max_digits=10, decimal_places=2)] | None = None
    investment: Money | None = Field(default=None, description="In 10,000 yuan.")
    design_firm: Annotated[str, Field(max_length=120)] | None = None
    contractor: Annotated[str, Field(max_length=120)] | None = None
    supervising_firm: Annotated[str, Field(max_length=120)] | None = None
    start_on: date | None = None
    contact_name: Annotated[str, Field(max_length=40)] | None = None
    contact_phone: Annotated[str, Field(pattern=r"^1[3-9]\d{9}$")] | None = None
    remark: Annotated[str, Field(max_length=1000)] | None = None


class DraftIn(Strict):
    """A new draft for an enterprise, opened by an authorised system in the name of one of its handlers."""

    package: Annotated[str, Field(max_length=60)] = Field(
        description="Code of a package, or `item:` and the code of a single item."
    )
    enterprise: Annotated[str, Field(max_length=18)] = Field(description="Unified social credit code.")
    handler_phone: Annotated[str, Field(max_length=20)] = Field(
        description="Mobile number of the person who acts for the enterprise here; must act for it today."
    )
    facts: Facts = Facts()


class FactsIn(Strict):
    """Changed facts, with the version of the application that the caller has read."""

    version: int
    facts: Facts


class ApplicationOut(Schema):
    """One application."""

    id: UUID
    reference: str = Field(description="Receipt number; empty before submission.")
    package: str
    enterprise: str = Field(description="Unified social credit code.")
    enterprise_name: str
    project_name: str
    project_code: str
    state: str
    version: int
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    missing: list[str] | None = Field(
        default=None, description="What a draft still lacks; given for one draft, not in lists."
    )


class FileOut(Schema):
    """A file that was taken in."""

    id: UUID
    material: str
    name: str
    size: int
    sha256: str


class ClockOut(Schema):
    """One running or ended limit: why each day was spent."""

    item: str
    unit: str
    state: str
    started_on: date
    due_on: date
    promised_due_on: date | None
    stopped_on: date | None
    used: int
    statutory: int
    promised: int | None
    suspended: int
    days: str = Field(description="The unit in which these are counted.")


class HolderOut(Schema):
    """Who has the matter now: a unit, never a person's name."""

    step: str
    unit: str
    since: datetime
    taken_up: bool


class ProgressOut(Schema):
    """Where a matter stands."""

    id: UUID
    reference: str
    state: str
    holders: list[HolderOut]
    clocks: list[ClockOut]


class ResultOut(Schema):
    """One sealed result."""

    id: UUID
    application: UUID
    reference: str
    item: str
    item_name: str
    outcome: str
    organ: str
    number: str
    title: str
    state: str
    issued_at: datetime
    sha256: str
    sm3: str
    verification_url: str
    file_url: str


class RatingOut(Schema):
    """One rating (好差评, GB/T 39735): 5 very satisfied to 1 very dissatisfied."""

    application: UUID
    reference: str
    package: str
    level: int
    reasons: list[str]
    comment: str
    rated_at: datetime


class RatingIn(Strict):
    """A rating that a person gave in the other system."""

    application: UUID
    level: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(max_length=500)] = ""


class ItemPage(Schema):
    """A page of items."""

    rows: list[ItemOut]
    next: str


class PackagePage(Schema):
    """A page of packages."""

    rows: list[PackageOut]
    next: str


class ApplicationPage(Schema):
    """A page of applications."""

    rows: list[ApplicationOut]
    next: str


class ResultPage(Schema):
    """A page of results."""

    rows: list[ResultOut]
    next: str


class RatingPage(Schema):
    """A page of ratings."""

    rows: list[RatingOut]
    next: str
