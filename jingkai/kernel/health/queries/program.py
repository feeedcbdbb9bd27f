"""Whether the program's own files are those that were accepted when it was installed (GB/T 22239, 8.1.4.6).

The product's files count whole; of the libraries what Python or the machine executes. What Python itself
writes (`__pycache__`) counts too: such a file is either listed, or what Python would make of its source now.

The manifest lies in the data folder, signed with the trail's key, and its fingerprint stands in the trail:
who changes program and manifest still has to rewrite the trail, its checkpoints, and their copies elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import marshal
import os
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from jingkai.kernel.audit.api import entries_of, is_signed
from jingkai.kernel.health.data import Difference, Manifest, ProgramLook, Standing
from jingkai.kernel.hooks.data import CheckResult

STREAM = ("health.program", 1)
ACCEPTED = "program.accepted"
OWN = "jingkai"
EXECUTED = (".py", ".pyc", ".pth", ".pyd", ".so")
WHOLE = timedelta(hours=1)
"""So often the libraries are read, too; the product's own files at every look."""
NAMED = 5
OURS = re.compile(rf"\.{re.escape(sys.implementation.cache_tag or '')}(?:\.opt-[12])?\.pyc$")
"""Compiled files that this Python would load in place of their source; others lie there unread."""


def manifest_file() -> Path:
    """Where this installation keeps what it accepted."""
    return Path(settings.HOME) / "program.json"


def has_manifest() -> bool:
    """Whether program files were accepted on this machine."""
    return manifest_file().exists()


def look_file() -> Path:
    """Where the last look left what it found, for the page of health."""
    return Path(settings.HOME) / "program-look.json"


def roots() -> dict[str, Path]:
    """The folders that hold the program: the product, and the libraries that it runs with."""
    paths = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    libraries = {f"libraries-{number}": Path(path) for number, path in enumerate(sorted(paths))}
    return {OWN: Path(__file__).resolve().parents[3], **libraries}


def list_files() -> dict[str, tuple[int, str]]:
    """Size and SHA-256 of every program file, by its name under its root."""
    return {name: (_size(path), fingerprint_of(path)) for name, path in _program_files(list(roots()))}


def read_manifest() -> Manifest | None:
    """The manifest of this installation; None where there is none that can be read."""
    try:
        body: dict[str, Any] = json.loads(manifest_file().read_text(encoding="utf-8"))
        files = {name: (int(size), str(digest)) for name, (size, digest) in body["files"].items()}
        digest = digest_of(body["release"], files)
        return Manifest(body["release"], files, digest, body["key"], body["signature"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def digest_of(release: str, files: Mapping[str, tuple[int, str]]) -> str:
    """The SM3 by which the trail knows a manifest; the same on every machine with the same program."""
    return hashlib.new("sm3", signed_part(release, files)).hexdigest()


def signed_part(release: str, files: Mapping[str, tuple[int, str]]) -> bytes:
    """The bytes of a manifest that are signed."""
    body = {"release": release, "files": {name: list(one) for name, one in files.items()}}
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def differences(manifest: Manifest, *, whole: bool = True) -> Difference:
    """Compare the files with the manifest; unless `whole`, the product's own only."""
    here = dict(_program_files(list(roots()) if whole else [OWN]))
    known = {name: one for name, one in manifest.files.items() if whole or name.startswith(f"{OWN}/")}
    changed = [name for name, one in known.items() if name in here and not _is_same(name, here[name], one)]
    added = [
        name
        for name, path in here.items()
        if name not in known and not (_is_cache(name) and _follows_its_source(path))
    ]
    missing = [name for name in known if name not in here and not _is_cache(name)]
    return Difference(tuple(sorted(changed)), tuple(sorted(added)), tuple(sorted(missing)))


def check_program(*, at: datetime) -> CheckResult:
    """See that the program's files are those that were accepted; names the first that are not."""
    if settings.DEMO:
        return CheckResult("ok", _("This is a demonstration: its program files are not watched."))
    look = look_at_program(at=at)
    if look.state == "unknown":
        return CheckResult(
            "warn",
            _("Nobody has accepted the program files of this machine yet."),
            _("Run “jingkai program accept” on it."),
        )
    if look.state == "forged":
        return CheckResult(
            "fail",
            _("The list of program files is not one that was accepted: signature or trail disagree."),
            _("Find out who changed %(file)s; install the release anew.") % {"file": manifest_file()},
        )
    if look.difference:
        return CheckResult("fail", in_words(look.difference), _advice())
    if look.state == "older":
        return CheckResult(
            "warn",
            _("This machine runs other program files than those that were accepted last."),
            _("Install the same release on every machine, then run “jingkai program accept” on each."),
        )
    return CheckResult("ok", _("All program files are those that were accepted."))


def in_words(found: Difference) -> str:
    """Say how many files differ, and name the first of them."""
    names = [*found.changed, *(f"+{name}" for name in found.added), *(f"-{name}" for name in found.missing)]
    shown = "、".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    return _("%(count)d program files were changed, added (+) or removed (-): %(names)s") % {
        "count": len(names),
        "names": shown,
    }


def _advice() -> str:
    return _("After an upgrade: “jingkai program accept”. Else leave the machine as it is and find out who.")


def look_at_program(*, at: datetime, whole: bool = False) -> ProgramLook:
    """Look at manifest and files now, and leave what was found for the page of health.

    Of the libraries what the last whole look found stands until the next one.
    """
    manifest, before = read_manifest(), read_look()
    standing = standing_of(manifest)
    if manifest is None or standing == "forged":
        look = ProgramLook(standing, at)
    elif whole or before is None or before.digest != manifest.digest or _is_old(before, at):
        look = ProgramLook(standing, at, at, manifest.digest, differences(manifest))
    else:
        found = differences(manifest, whole=False) | before.difference.without(f"{OWN}/")
        look = ProgramLook(standing, at, before.whole_at, manifest.digest, found)
    _leave(look)
    return look


def _is_old(look: ProgramLook, at: datetime) -> bool:
    return look.whole_at is None or not timedelta(0) <= at - look.whole_at < WHOLE


def read_look() -> ProgramLook | None:
    """What the last look found; None where nobody looked."""
    try:
        body: dict[str, Any] = json.loads(look_file().read_text(encoding="utf-8"))
        found = Difference(*(tuple(body[part]) for part in ("changed", "added", "missing")))
        whole_at = datetime.fromisoformat(body["whole_at"]) if body["whole_at"] else None
        return ProgramLook(body["state"], datetime.fromisoformat(body["at"]), whole_at, body["digest"], found)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fingerprint_of(path: str) -> str:
    """The SHA-256 of a file; of a link that of where it leads."""
    if Path(path).is_symlink():
        return hashlib.sha256(b"link " + os.fsencode(Path(path).readlink())).hexdigest()
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def standing_of(manifest: Manifest | None) -> Standing:
    """Whether the manifest is the one that was accepted last, an earlier one, or none at all."""
    if manifest is None:
        return "forged" if manifest_file().exists() else "unknown"
    accepted = list(
        entries_of(STREAM)
        .filter(action=ACCEPTED)
        .order_by("-sequence")
        .values_list("facts__digest", flat=True)
    )
    part = signed_part(manifest.release, manifest.files)
    if manifest.digest not in accepted or not is_signed(part, key=manifest.key, signature=manifest.signature):
        return "forged"
    return "sound" if accepted[0] == manifest.digest else "older"


def _program_files(wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and path of every file that counts; paths as plain text, for there are tens of thousands."""
    for root, folder in roots().items():
        if root not in wanted:
            continue
        top = str(folder)
        for place, folders, files in os.walk(top):
            inside = f"{root}{place[len(top) :]}/"
            caches = place.endswith("__pycache__")
            links = [name for name in folders if Path(place, name).is_symlink()]
            for name in (*files, *links):
                path = f"{place}/{name}"
                if OURS.search(name) if caches else root == OWN or _is_executed(name, path):
                    yield inside + name, path


def _is_executed(name: str, path: str) -> bool:
    return name.endswith(EXECUTED) or ".so." in name or os.access(path, os.X_OK)


def _is_same(name: str, path: str, known: tuple[int, str]) -> bool:
    if _size(path) == known[0] and fingerprint_of(path) == known[1]:
        return True
    return _is_cache(name) and _follows_its_source(path)


def _is_cache(name: str) -> bool:
    return "/__pycache__/" in name


def _follows_its_source(path: str) -> bool:
    """Whether a compiled file holds what its source says, or Python would not load it: alone, or too old."""
    source = Path(importlib.util.source_from_cache(path))
    level = int(path[-5]) if ".opt-" in path else 0
    if not source.exists():
        return True
    try:
        raw, text, found = Path(path).read_bytes(), source.read_bytes(), source.stat()
        timed = int.from_bytes(raw[4:8], "little") == 0
        noted = (int.from_bytes(raw[8:12], "little"), int.from_bytes(raw[12:16], "little"))
        if timed and noted != (int(found.st_mtime) & 0xFFFFFFFF, found.st_size & 0xFFFFFFFF):
            return True
        made = compile(text, str(source), "exec", dont_inherit=True, optimize=level)
        return bool(raw[:4] == importlib.util.MAGIC_NUMBER and marshal.loads(raw[16:]) == made)  # noqa: S302
    except (OSError, ValueError, EOFError, TypeError, SyntaxError):
        return False


def _size(path: str) -> int:
    return os.lstat(path).st_size


def _leave(look: ProgramLook) -> None:
    body = {
        "state": look.state,
        "at": look.at.isoformat(),
        "whole_at": look.whole_at.isoformat() if look.whole_at else "",
        "digest": look.digest,
        "changed": look.difference.changed,
        "added": look.difference.added,
        "missing": look.difference.missing,
    }
    draft = look_file().with_suffix(f".{os.getpid()}.draft")
    draft.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    draft.replace(look_file())
