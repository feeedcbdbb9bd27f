"""What the pages of the library show, built from the tables in the design system's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jingkai.kernel.hooks.api import local
from jingkai.modules.licences import queries
from jingkai.modules.licences.data import OnExpiry, Standing
from jingkai.modules.licences.models import Entry
from jingkai.records.files.api import line_of
from jingkai.ui.data import Cell, Column, Fact, FileLink, Light, Lines, Link, Row, Table, Tone

TONES = {
    Standing.VALID: "ok",
    Standing.EXPIRED: "late",
    Standing.REVOKED: "late",
    Standing.REPLACED: "none",
    Standing.REMOVED: "none",
}


def standing_light(entry: Entry, *, on: date) -> Light:
    """What an entry is worth today, in words; the last month is a warning."""
    standing = entry.standing(on)
    words = {
        Standing.VALID: pgettext("licence", "Valid"),
        Standing.EXPIRED: pgettext("licence", "Expired"),
        Standing.REVOKED: pgettext("licence", "Revoked"),
        Standing.REPLACED: pgettext("licence", "Replaced"),
        Standing.REMOVED: pgettext("licence", "Taken out"),
    }
    if standing == Standing.VALID and entry.valid_to is not None and (entry.valid_to - on).days <= 30:
        return Light("warn", _("Ends in %(days)s days") % {"days": (entry.valid_to - on).days})
    return Light(cast(Tone, TONES[standing]), words[standing])


def entry_table(
    rows: Sequence[Entry], *, on: date, heads: dict[str, Column], url: Any, holders: bool
) -> Table:
    """A list of entries; with the holder where it spans enterprises."""
    columns = [Column(_("State"), "light"), heads["title"], Column(_("Type and number"))]
    columns += [Column(_("Enterprise and origin") if holders else _("Origin"))]
    columns += [heads["last_day"], heads["added_at"]]
    return Table(
        caption=_("Licences and materials"),
        columns=columns,
        rows=[Row(_cells(row, on, url(row), holders)) for row in rows],
    )


def _cells(row: Entry, on: date, url: str, holders: bool) -> list[Cell]:
    origin = str(row.get_origin_display())
    return [
        standing_light(row, on=on),
        Link(row.title, url, sub=row.issuer),
        Lines((local(row.type, "name"),), (row.number,) if row.number else ()),
        Lines((local(row.enterprise, "name"),), (origin,)) if holders else origin,
        row.valid_to or _("No end"),
        row.added_at,
    ]


def entry_facts(entry: Entry, *, on: date) -> list[Fact]:
    """Everything that is written down of one entry."""
    rule = queries.expiry_rule(entry.type.code, on=on)
    facts = [
        Fact(_("State"), standing_light(entry, on=on)),
        Fact(_("Type"), local(entry.type, "name")),
        Fact(_("Number of the licence"), entry.number or "—"),
        Fact(_("Issuing organ"), entry.issuer or "—"),
        Fact(_("Valid from"), entry.valid_from or "—"),
        Fact(_("Valid until"), entry.valid_to or _("No end")),
        Fact(_("Proves"), local(entry.type, "proves") or "—"),
        Fact(_("Origin"), entry.get_origin_display()),
        Fact(_("Put in"), entry.added_at),
        Fact(_("By whom"), entry.added_by.name if entry.added_by else _("The system itself")),
    ]
    if entry.valid_to is not None:
        facts.append(Fact(_("When it expires in a running matter"), on_expiry_words(rule.on_expiry)))
        facts.append(Fact(_("Announced before"), _("%(days)s days") % {"days": rule.notice_days}))
    if entry.state_reason:
        facts.append(Fact(_("Reason"), entry.state_reason, wide=True))
    return facts


def on_expiry_words(rule: OnExpiry) -> str:
    """The zone's rule in words."""
    if rule == OnExpiry.UNTIL_DECIDED:
        return _("It must be renewed before the decision")
    return _("It stays good as of acceptance")


def file_of(entry: Entry) -> FileLink | None:
    """The file of an entry."""
    if entry.attachment is None:
        return None
    line = line_of(entry.attachment)
    return FileLink(name=line.name, url=line.url, size=line.size)


def sheet_head(*, holders: bool) -> list[tuple[str, int]]:
    """The columns of the spreadsheet."""
    first = [(_("Enterprise"), 30)] if holders else []
    return [
        *first,
        (_("Type"), 28),
        (_("Name of the licence"), 36),
        (_("Number of the licence"), 24),
        (_("Issuing organ"), 28),
        (_("Valid from"), 12),
        (_("Valid until"), 12),
        (_("State"), 12),
        (_("Origin"), 20),
        (_("Put in"), 17),
    ]


def sheet_lines(rows: Iterable[Entry], *, on: date, holders: bool) -> Iterator[list[Any]]:
    """The lines of the spreadsheet."""
    for row in rows:
        first = [local(row.enterprise, "name")] if holders else []
        yield [
            *first,
            local(row.type, "name"),
            row.title,
            row.number,
            row.issuer,
            row.valid_from,
            row.valid_to,
            standing_light(row, on=on).text,
            row.get_origin_display(),
            row.added_at,
        ]


def consent_lines(request: HttpRequest, entry: Entry) -> list[dict[str, Any]]:
    """For what an entry is and was used, each with the way to take the consent back."""
    return [
        {
            "consent": one,
            "light": Light("none", _("Taken back")) if one.revoked_at else Light("ok", _("In use")),
            "by": one.given_by.name,
        }
        for one in queries.list_consents(entry)
    ]
