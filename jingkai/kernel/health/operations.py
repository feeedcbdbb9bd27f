"""Telling the operator by mail and text message when the state of the installation changes; program files.

What was told lies in a file of the data folder and not in the database: a database that is away is just what
must be told. Whoever looks (the timer of the machine, or the worker) holds the file while doing so, so two
tell once.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jingkai.kernel.audit.api import entries_of, record, sign
from jingkai.kernel.health.data import Difference, Finding, Manifest, ProgramLook, Told, Watch
from jingkai.kernel.health.queries import program
from jingkai.kernel.health.queries.watch import read_watch, watch_file
from jingkai.kernel.health.rules import after_telling, to_tell
from jingkai.kernel.notices.api import NotSent, mail_at_once, sms_at_once
from jingkai.kernel.parties.api import mask_email
from jingkai.kernel.permissions.data import Actor

TEMPLATE = "JK_ALERT"
"""Under this code the provider registers the text with the slots `zone`, `number` and `names`."""
MOST_NAMES = 60
ALTERED, RESTORED = "program.altered", "program.restored"
OWN = "alerts"
"""The question about the alerts themselves; who is not reached cannot be told so."""
logger = logging.getLogger(__name__)


def watch_over(findings: Iterable[Finding], *, at: datetime) -> list[Finding]:
    """Tell the operator what changed; gives what was told. What reached nobody is told at the next look."""
    found = [one for one in findings if one.name != OWN]
    with _held():
        watch = read_watch()
        telling = to_tell(watch.told, found, at=at)
        problems = _send(telling) if telling else None
        watch = replace(watch, looked_at=at)
        if problems is not None:
            reached = len(problems) < len(_ways(telling))
            told = {one.name: after_telling(watch.told.get(one.name), one, at=at) for one in telling}
            watch = replace(
                watch,
                told=watch.told | told if reached else watch.told,
                sent=tuple(one.name for one in telling) if reached else watch.sent,
                sent_at=at if reached else watch.sent_at,
                problem="; ".join(problems)[:500],
            )
            telling = telling if reached else []
        _write(watch)
    return telling


def _send(telling: Sequence[Finding]) -> list[str]:
    """Send one message to every address; gives what went wrong, one line for each that got none."""
    problems = []
    for address, send in _ways(telling):
        try:
            send()
        except NotSent as error:
            logger.error("the alert did not reach an operator: %s", error)
            problems.append(f"{address}: {error}")
    return problems


def _ways(telling: Sequence[Finding]) -> list[tuple[str, Callable[[], None]]]:
    subject, text = subject_of(telling), text_of(telling)
    names = ",".join(one.name for one in telling)[:MOST_NAMES]
    slots = {"zone": _place(), "number": str(len(telling)), "names": names}

    def mail(to: str) -> Callable[[], None]:
        return lambda: mail_at_once(to=to, subject=subject, text=text)

    def sms(phone: str) -> Callable[[], None]:
        return lambda: sms_at_once(phone=phone, template_code=TEMPLATE, params=slots)

    return [(mask_email(to), mail(to)) for to in settings.ALERT_MAIL] + [
        (f"…{to[-4:]}", sms(to)) for to in settings.ALERT_PHONES
    ]


def subject_of(telling: Sequence[Finding]) -> str:
    """The line that says how many things need somebody, or that all is clear."""
    ill = sum(one.state != "ok" for one in telling)
    if not ill:
        return _("[%(place)s] All clear") % {"place": _place()}
    worst = any(one.state == "fail" for one in telling)
    told = ngettext("%(number)d finding", "%(number)d findings", ill) % {"number": ill}
    word = _("Failure") if worst else _("Warning")
    return f"[{_place()}] {word}: {told}"


def text_of(telling: Sequence[Finding]) -> str:
    """Each finding with what to do about it; nothing in it names a person or a matter."""
    marks = {"ok": _("Clear again"), "warn": _("Warning"), "fail": _("Failure")}
    lines = [f"{marks[one.state]} · {one.name}: {one.message}\n{one.advice}".strip() for one in telling]
    return "\n\n".join([*lines, f"{settings.BASE_URL}/health/"])


def _place() -> str:
    host = settings.BASE_URL.partition("://")[2]
    return f"{host} {settings.INSTANCE}".strip()


@contextmanager
def _held() -> Iterator[None]:
    """One look at a time."""
    path = watch_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(watch: Watch) -> None:
    path = watch_file()
    body = {
        "looked_at": _text(watch.looked_at),
        "sent_at": _text(watch.sent_at),
        "sent": list(watch.sent),
        "problem": watch.problem,
        "told": {name: _told(one) for name, one in watch.told.items()},
    }
    draft = path.with_suffix(".draft")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(body, file, ensure_ascii=False, indent=1)
    Path(draft).replace(path)


def _told(one: Told) -> dict[str, object]:
    return {"state": one.state, "at": one.at.isoformat(), "times": one.times}


def _text(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


@transaction.atomic
def accept_program(*, release: str, by: Actor, at: datetime) -> tuple[int, Difference]:
    """Take the program files of this machine as they are now for those that shall be there.

    Their list is signed, and its fingerprint is an entry in the trail, with the first names of what changed
    since the last one. Gives the number of files, and what changed. Nothing is written when nothing did.
    """
    before, files = program.read_manifest(), program.list_files()
    digest = program.digest_of(release, files)
    found = _since(before, files)
    if before is None or before.digest != digest or program.standing_of(before) != "sound":
        key, signature = sign(program.signed_part(release, files))
        facts = {"release": release, "files": len(files), "digest": digest, **_counted(found)}
        record(program.STREAM, action=program.ACCEPTED, by=by, at=at, facts=facts)
        body = {"release": release, "key": key, "signature": signature, "files": files}
        draft = program.manifest_file().with_suffix(".draft")
        draft.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
        draft.replace(program.manifest_file())
    program.look_file().unlink(missing_ok=True)
    return len(files), found


def note_program(*, by: Actor, at: datetime) -> ProgramLook | None:
    """Look at the program files; what is found for the first time, or no longer, is an entry in the trail."""
    if settings.DEMO or program.read_manifest() is None:
        return None
    look = program.look_at_program(at=at)
    with transaction.atomic():
        last = entries_of(program.STREAM).order_by("-sequence").values("action", "facts").first()
        told = last["facts"] if last and last["action"] == ALTERED else {}
        found = _counted(look.difference) if look.difference else {}
        if found != told:
            record(program.STREAM, action=ALTERED if found else RESTORED, by=by, at=at, facts=found)
    return look


def _since(before: Manifest | None, files: Mapping[str, tuple[int, str]]) -> Difference:
    known = before.files if before else {}
    shared = known.keys() & files.keys()
    return Difference(
        tuple(sorted(name for name in shared if known[name] != files[name])),
        tuple(sorted(files.keys() - known.keys())) if before else (),
        tuple(sorted(known.keys() - files.keys())),
    )


def _counted(found: Difference) -> dict[str, object]:
    """How many files differ and the first names, for the trail."""
    parts = {"changed": found.changed, "added": found.added, "missing": found.missing}
    names = [name for part in parts.values() for name in part]
    return {**{word: len(part) for word, part in parts.items()}, "names": names[:20]}
