"""Words of documents: what is to be issued, and what the public may learn. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from jingkai.records.typesetting.data import Letter


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFact:
    """One more fact that the public page shows, such as the name of the project."""

    label: str
    label_en: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document to be issued: what it is, what it says, to whom, in whose name, and what it belongs to.

    `owner` is the thing whose readers may read it (a case, an application); its app registers the read check
    with `files`. `organ_id` names the organ that decided, from which the respondent of a suit follows.
    """

    kind: str
    kind_name: str
    title: str
    series: str
    content: Letter | Mapping[str, Any]
    owner: tuple[str, int]
    organ_name: str
    organ_id: int | None = None
    kind_name_en: str = ""
    template: str = "typesetting/letter"
    addressee_name: str = ""
    addressee_id: int | None = None
    public_facts: tuple[PublicFact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SealOrder:
    """Which seal goes on a document, on the strength of which approved decision."""

    seal_code: str
    authorisation: tuple[str, int]
    purpose: str = ""


END_CLASSES: dict[str, tuple[str, str]] = {
    "corrected": ("更正重发", "Corrected and issued anew"),
    "lost": ("遗失补发", "Issued anew after a loss"),
    "damaged": ("损毁换发", "Issued anew for a damaged one"),
    "changed": ("变更换发", "Issued anew after a change"),
    "withdrawn": ("依法撤回（行政许可法第八条）", "Withdrawn (Licensing Law art. 8)"),
    "annulled": ("依法撤销（行政许可法第六十九条）", "Annulled (Licensing Law art. 69)"),
    "cancelled": ("依法注销（行政许可法第七十条）", "Cancelled (Licensing Law art. 70)"),
    "mistake": ("制作错误", "Made by mistake"),
    "mandate_ended": ("委托终止", "Mandate ended"),
}
"""Why a document stopped being valid, as the public may read it; the full reason stays inside."""

REPLACING = ("lost", "damaged", "changed")
"""Grounds on which another document takes its place; nothing is revoked on them."""

Standing = Literal["valid", "revoked", "replaced", "altered", "missing"]
"""What a code's document is worth now; altered and missing speak of the copy in our own store."""


@dataclass(frozen=True, slots=True)
class PublicView:
    """What anyone who holds the code may read; the addressee is masked."""

    code: str
    standing: Standing
    kind: str
    kind_en: str
    number: str
    title: str
    organ: str
    addressee: str
    issued_at: datetime | None
    seal: str
    seal_demo: bool
    ended_at: datetime | None
    end_class: str
    replaced_by: str
    replaced_by_code: str
    sha256: str
    sm3: str
    facts: tuple[PublicFact, ...] = ()


CopyVerdict = Literal["identical", "other", "draft", "altered", "appended", "unknown", "not_pdf", "too_large"]
"""What a handed-in copy turned out to be, compared with the paper that the code stands for.

identical: byte for byte; other: another paper of ours; draft: ours before it was sealed; altered: carries
our seal but was changed; appended: our seal holds, but something was added later; unknown: nothing of ours.
"""


@dataclass(frozen=True, slots=True)
class CopyCheck:
    """The answer to a handed-in copy."""

    verdict: CopyVerdict
    name: str
    sha256: str = ""
    other_number: str = ""
    other_code: str = ""
    signatures: tuple[Mapping[str, Any], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One issued document as a page of its owner shows it."""

    id: int
    uuid: str
    kind: str
    kind_name: str
    kind_name_en: str
    number: str
    title: str
    state: str
    url: str
    public_url: str
    size: int
    issued_at: datetime | None
    prepared_at: datetime
    sealed: bool
