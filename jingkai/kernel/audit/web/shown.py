"""The trail as the design system draws it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from jingkai.kernel.audit.data import DONE, FAILED, MACHINE, TrailLine
from jingkai.kernel.audit.models import TrailCheck, TrailEntry
from jingkai.kernel.audit.rules import names
from jingkai.ui.data import Column, Fact, Light, Link, Progress, Row, Stat, Table


def entries_table(lines: Sequence[TrailLine]) -> Table:
    """Draw the list of entries."""
    columns = [
        Column(_("When"), "date"),
        Column(_("What"), "title"),
        Column(_("Who")),
        Column(_("For whom")),
        Column(_("Of what")),
        Column(_("Result"), "light"),
        Column(_("Network address")),
    ]
    return Table(_("Trail"), columns, [_entry_row(line) for line in lines])


def _entry_row(line: TrailLine) -> Row:
    url = reverse("audit_entry", kwargs={"number": line.id})
    place = _("place %(number)s in its chain") % {"number": line.entry.sequence}
    of_it = {"kind": line.entry.stream_kind, "number": line.entry.stream_id}
    return Row(
        [
            line.at,
            Link(line.what, url, place),
            line.who,
            line.for_whom,
            Link(line.subject, f"{reverse('audit_trail')}?{urlencode(of_it)}"),
            result_light(line),
            line.entry.ip,
        ]
    )


def result_light(line: TrailLine) -> Light:
    """Draw a result as a light."""
    tone = {DONE: "ok", FAILED: "late"}.get(line.entry.result, "warn")
    return Light(tone, line.result)  # type: ignore[arg-type]


def entry_facts(line: TrailLine) -> list[Fact]:
    """Draw who, what, when, from where."""
    row: TrailEntry = line.entry
    return [
        Fact(_("When"), line.at),
        Fact(_("What"), f"{line.what} ({row.action})" if line.what != row.action else row.action),
        Fact(_("Result"), result_light(line)),
        Fact(_("Who"), f"{line.who} ({row.actor_id})" if row.actor_id else line.who),
        Fact(_("Kind of person"), names.kind_words(row.actor_kind)),
        Fact(_("For whom"), f"{line.for_whom} ({row.for_id})" if row.for_id else None),
        Fact(_("Of what"), line.subject),
        Fact(_("Network address"), row.ip),
        Fact(_("Request"), row.request_id),
        Fact(_("Browser's mark"), "" if row.agent.startswith(MACHINE) else row.agent),
        Fact(_("User of the machine"), row.agent.partition(MACHINE)[2]),
        Fact(_("Mark of the name"), row.actor_mark, wide=True),
        Fact(_("Fingerprint before it"), row.previous_hash, wide=True),
        Fact(_("Fingerprint"), row.hash, wide=True),
    ]


def told_facts(row: TrailEntry) -> list[Fact]:
    """Draw the facts that the entry carries."""
    return [Fact(name, _as_text(value)) for name, value in sorted(row.facts.items())]


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def checks_table(checks: Iterable[TrailCheck]) -> Table:
    """Draw the newest verifications."""
    columns = [Column(_("Asked for"), "title"), Column(_("State"), "light"), Column(_("Entries"), "number")]
    rows = [Row([Link(f"{shown_moment(item)}", _url(item)), check_light(item), item.done]) for item in checks]
    return Table(_("Verifications"), columns, rows)


def shown_moment(item: TrailCheck) -> str:
    """Write when a verification was asked for."""
    from jingkai.ui.words import moment

    return moment(item.asked_at)


def _url(item: TrailCheck) -> str:
    return reverse("audit_check", kwargs={"uuid": item.uuid})


def check_light(item: TrailCheck) -> Light:
    """Draw the state of a verification."""
    tones = {"intact": "ok", "altered": "late", "broken": "late", "running": "hold"}
    return Light(tones.get(item.state, "none"), str(item.get_state_display()))  # type: ignore[arg-type]


def check_progress(item: TrailCheck) -> Progress:
    """Draw how far a verification is."""
    state = {"intact": "done", "altered": "failed", "broken": "failed"}.get(item.state, "running")
    percent = min(99.0, item.done / item.total * 100) if item.total else None
    return Progress(
        _("Verification of the trail"),
        percent=percent,
        text=_("%(number)s entries done") % {"number": item.done},
        state=state,  # type: ignore[arg-type]
        poll_url=reverse("audit_progress", kwargs={"uuid": item.uuid}),
    )


def check_stats(item: TrailCheck) -> list[Stat]:
    """Draw what a verification counted."""
    found = item.outcome
    if not found:
        return []
    return [
        Stat(_("Entries"), f"{found['entries']:,}"),
        Stat(_("Chains"), f"{found['streams']:,}"),
        Stat(_("Checkpoints"), f"{found['checkpoints']:,}"),
        Stat(_("After the last checkpoint"), f"{found['after_checkpoint']:,}"),
        Stat(_("Found wrong"), f"{found['fault_count']:,}", tone="late" if found["fault_count"] else "ok"),
    ]
