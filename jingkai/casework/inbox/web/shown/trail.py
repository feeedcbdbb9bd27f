"""The trail of one case in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jingkai.casework.inbox.queries import TrailSeal
from jingkai.casework.inbox.web.shown.people import actor_name
from jingkai.kernel.audit.data import DONE, FAILED, TrailLine
from jingkai.ui.data import Column, Light, Row, Table
from jingkai.ui.words import moment


def trail_words(seal: TrailSeal) -> dict[str, object]:
    """Say how many entries there are, whether they are whole, and when the last checkpoint signed."""
    number = ngettext("%(n)s entry", "%(n)s entries", seal.entries) % {"n": seal.entries}
    if seal.sound is None:
        light = Light("none", _("checked by the nightly verification"))
    elif seal.sound:
        light = Light("ok", _("checked, unaltered"))
    else:
        light = Light("late", _("ALTERED: tell the audit administrator"))
    signed = _("Last checkpoint %(at)s.") % {"at": moment(seal.checkpoint_at)}
    unsigned = _("No checkpoint has been signed yet.")
    return {"number": number, "light": light, "signed": signed if seal.checkpoint_at else unsigned}


def trail_table(lines: Sequence[TrailLine]) -> Table:
    """Draw the entries of a case, newest first."""
    columns = [
        Column(_("When"), "date"),
        Column(pgettext("case", "What"), "title"),
        Column(_("Who")),
        Column(_("For whom")),
        Column(_("Result"), "light"),
        Column(_("Fingerprint")),
    ]
    return Table(pgettext("case", "Trail"), columns, [_row(line) for line in lines])


def _row(line: TrailLine) -> Row:
    tone = {DONE: "ok", FAILED: "late"}.get(line.entry.result, "warn")
    place = _("place %(number)s in its chain") % {"number": line.entry.sequence}
    return Row(
        [
            line.at,
            f"{line.what} · {place}",
            actor_name(line),
            line.for_whom,
            Light(tone, line.result),  # type: ignore[arg-type]
            line.entry.hash[:12],
        ]
    )
