"""The fields of an implementing list (实施清单, GB/T 39554 family): one list that everything else reads.

The editor's form, the spreadsheet's columns, the check of an import, the comparison of two versions and the
guide all walk `FIELDS`. A bilingual field `x` is stored as `x` (Chinese) and `x_en` (English).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from jingkai.modules.approvals.models import Item

FieldType = Literal["line", "long", "integer", "choice", "choices", "list"]
Options = tuple[tuple[str, Any], ...]

LINES: Options = (
    ("registration", _("Registration")),
    ("investment", _("Investment projects")),
    ("environment", _("Environment")),
    ("land", _("Land supply")),
    ("planning", _("Planning and construction")),
    ("water", _("Water, soil and energy")),
    ("safety", _("Fire safety and air defence")),
    ("utilities", _("Roads and public utilities")),
    ("construction", _("Construction")),
    ("completion", _("Completion and acceptance")),
    ("employment", _("Employment and social insurance")),
    ("business", _("Business licences")),
    ("other", pgettext_lazy("line of services", "Other")),
)
KINDS: Options = (
    ("permit", _("Administrative licence")),
    ("confirmation", _("Administrative confirmation")),
    ("filing", _("Filing")),
    ("review", _("Administrative review")),
    ("registration", _("Formality")),
    ("service", _("Public service")),
)
LEVELS: Options = (
    ("1", _("State")),
    ("2", _("Province")),
    ("3", _("City")),
    ("4", _("County or zone")),
    ("5", _("Township")),
)
AUDIENCES: Options = (("natural", _("Natural persons")), ("legal", _("Legal persons")))
MODES: Options = (
    ("online", _("Online")),
    ("window", _("At the window")),
    ("post", _("By post")),
    ("self_service", _("At a self-service machine")),
)
DEPTHS: Options = (
    ("0", _("Not online")),
    ("1", _("Information online")),
    ("2", _("Forms online")),
    ("3", _("Application online")),
    ("4", _("Wholly online")),
)
UNITS: Options = (("working", _("Working days")), ("natural", _("Natural days")))
NEEDS: Options = (
    ("required", pgettext_lazy("material", "Required")),
    ("conditional", _("Under a condition")),
    ("optional", pgettext_lazy("material", "Optional")),
)
MATERIAL_KINDS: Options = (
    ("form", _("Form")),
    ("certificate", _("Certificate or licence")),
    ("drawing", _("Drawing")),
    ("report", _("Report")),
    ("contract", _("Contract or agreement")),
    ("proof", _("Proof")),
    ("other", pgettext_lazy("material", "Other")),
)
SOURCES: Options = (
    ("applicant", _("The applicant")),
    ("government", _("A department")),
    ("agency", _("An intermediary")),
)
MEDIA: Options = (("electronic", _("Electronic")), ("paper", _("Paper")), ("both", _("Electronic or paper")))


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemField:
    """One field of an item, or of a line in one of its lists (`parts`)."""

    name: str
    label: Any
    section: str = ""
    type: FieldType = "line"
    bilingual: bool = False
    required: bool = False
    most: int = 2000
    least: int = 0
    options: Options = ()
    parts: tuple[ItemField, ...] = ()
    help: Any = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that may be chosen."""
        return tuple(code for code, _label in self.options)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names under which the content stores it."""
        return (self.name, f"{self.name}_en") if self.bilingual else (self.name,)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the implementing list; `legal` ones are to be checked against a local instrument."""

    code: str
    label: Any
    legal: bool = False


SECTIONS = (
    Section("identity", _("The item")),
    Section("basis", _("Legal basis"), legal=True),
    Section("conditions", _("Conditions"), legal=True),
    Section("limit", _("Limits and steps"), legal=True),
    Section("materials", _("Materials"), legal=True),
    Section("fees", _("Fees"), legal=True),
    Section("result", _("Result"), legal=True),
    Section("remedies", _("Remedies"), legal=True),
    Section("handling", _("Handling")),
    Section("help", _("Help for the applicant")),
)
LEGAL = tuple(section.code for section in SECTIONS if section.legal)

STEP_PARTS = (
    ItemField(name="name", label=_("Step"), bilingual=True, required=True, most=60),
    ItemField(name="detail", label=_("What happens"), bilingual=True, most=300),
)
MATERIAL_PARTS = (
    ItemField(name="code", label=_("Code"), required=True, most=40),
    ItemField(name="name", label=_("Material"), bilingual=True, required=True, most=160),
    ItemField(name="kind", label=_("Kind"), type="choice", options=MATERIAL_KINDS, required=True),
    ItemField(name="need", label=_("Need"), type="choice", options=NEEDS, required=True),
    ItemField(
        name="rule",
        label=_("Rule"),
        most=300,
        help=_("A condition on the facts of the application, such as shelter_area > 0."),
    ),
    ItemField(name="when", label=_("When it is needed"), bilingual=True, most=300),
    ItemField(name="copies", label=_("Copies"), type="integer", most=20),
    ItemField(name="medium", label=_("As"), type="choice", options=MEDIA),
    ItemField(name="source", label=_("From whom"), type="choice", options=SOURCES),
    ItemField(name="issuer", label=_("Issued by"), bilingual=True, most=120),
)
FAQ_PARTS = (
    ItemField(name="question", label=_("Question"), bilingual=True, required=True, most=200),
    ItemField(name="answer", label=_("Answer"), bilingual=True, required=True, most=1000),
)

FIELDS = (
    ItemField(name="name", label=_("Item name"), section="identity", bilingual=True, required=True, most=120),
    ItemField(
        name="line",
        label=_("Line of services"),
        section="identity",
        type="choice",
        options=LINES,
        required=True,
    ),
    ItemField(name="kind", label=_("Type"), section="identity", type="choice", options=KINDS, required=True),
    ItemField(
        name="level", label=_("Level of government"), section="identity", type="choice", options=LEVELS
    ),
    ItemField(
        name="unit",
        label=_("Implementing unit"),
        section="identity",
        required=True,
        most=40,
        help=_("The unit's code."),
    ),
    ItemField(name="organ", label=_("Deciding organ"), section="identity", bilingual=True, most=120),
    ItemField(
        name="audience",
        label=_("Audience"),
        section="identity",
        type="choices",
        options=AUDIENCES,
        required=True,
    ),
    ItemField(
        name="basic_code",
        label=_("Basic code"),
        section="identity",
        most=12,
        help=_("12 characters, from the national list."),
    ),
    ItemField(
        name="implementing_code",
        label=_("Implementing code"),
        section="identity",
        most=31,
        help=_("31 characters: credit code, level, basic code."),
    ),
    ItemField(
        name="handling_code",
        label=_("Handling code"),
        section="identity",
        most=33,
        help=_("33 characters: implementing code and two digits."),
    ),
    ItemField(
        name="legal_basis",
        label=_("Legal basis"),
        section="basis",
        type="long",
        bilingual=True,
        required=True,
    ),
    ItemField(
        name="conditions",
        label=_("Conditions of acceptance"),
        section="conditions",
        type="long",
        bilingual=True,
        required=True,
    ),
    ItemField(
        name="limit_key",
        label=_("Rule of the statutory limit"),
        section="limit",
        most=60,
        help=_("Empty where no law sets a limit."),
    ),
    ItemField(name="promised", label=_("Promised days"), section="limit", type="integer", most=365),
    ItemField(
        name="promised_unit",
        label=_("Promise counted in"),
        section="limit",
        type="choice",
        options=UNITS,
    ),
    ItemField(name="steps", label=_("Steps"), section="limit", type="list", parts=STEP_PARTS, most=12),
    ItemField(
        name="materials",
        label=_("Materials"),
        section="materials",
        type="list",
        parts=MATERIAL_PARTS,
        most=60,
    ),
    ItemField(
        name="fee", label=_("Fees"), section="fees", type="long", bilingual=True, required=True, most=600
    ),
    ItemField(
        name="fee_basis", label=_("Basis of the fees"), section="fees", type="long", bilingual=True, most=600
    ),
    ItemField(
        name="result_name",
        label=_("Result"),
        section="result",
        bilingual=True,
        required=True,
        most=120,
    ),
    ItemField(
        name="result_validity", label=_("Validity of the result"), section="result", bilingual=True, most=300
    ),
    ItemField(
        name="remedy",
        label=_("If you do not agree"),
        section="remedies",
        type="long",
        bilingual=True,
        required=True,
    ),
    ItemField(name="visits", label=_("Visits"), section="handling", type="integer", most=9),
    ItemField(name="modes", label=_("Ways to apply"), section="handling", type="choices", options=MODES),
    ItemField(
        name="online_depth", label=_("Online depth"), section="handling", type="choice", options=DEPTHS
    ),
    ItemField(name="place", label=_("At the window"), section="handling", bilingual=True, most=200),
    ItemField(name="times", label=_("Opening hours"), section="handling", bilingual=True, most=200),
    ItemField(name="phone", label=_("Telephone"), section="handling", most=40),
    ItemField(name="complaint_phone", label=_("Telephone for complaints"), section="handling", most=40),
    ItemField(
        name="intermediary",
        label=_("Intermediary services"),
        section="handling",
        type="long",
        bilingual=True,
        most=600,
    ),
    ItemField(
        name="faq", label=_("Questions often asked"), section="help", type="list", parts=FAQ_PARTS, most=30
    ),
    ItemField(
        name="keywords",
        label=_("Everyday words"),
        section="help",
        type="long",
        most=600,
        help=_("What people say when they mean this item, with spaces between."),
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
COLUMNS = tuple(
    key
    for field in FIELDS
    if field.name not in ("unit",) and field.type != "list"
    for key in field.keys
    if key in {column.name for column in Item._meta.get_fields()}
)
"""Fields that the item itself also carries, as of the version in force."""


def fields_of(section: str) -> tuple[ItemField, ...]:
    """The fields of one section, in the order of the form."""
    return tuple(field for field in FIELDS if field.section == section)


def shown(field: ItemField, value: Any) -> str:
    """A value in words, for a comparison or a list."""
    if value in (None, "", []):
        return ""
    names = {code: str(label) for code, label in field.options}
    if field.type == "choices":
        return " · ".join(names.get(str(code), str(code)) for code in value)
    return names.get(str(value), str(value)) if field.options else str(value)


def empty_content() -> dict[str, Any]:
    """A content in which every field is there and says nothing."""
    return dict(_empty(FIELDS))


def _empty(fields: tuple[ItemField, ...]) -> Iterator[tuple[str, Any]]:
    for field in fields:
        for key in field.keys:
            yield key, [] if field.type in ("list", "choices") else None if field.type == "integer" else ""
