"""Questions about the machine: folders, secrets, room on the disk."""

from __future__ import annotations

import shutil
import stat
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.data import CheckResult

MEGABYTE = 1024 * 1024
LEAST_FREE = 1024 * MEGABYTE
LEAST_FREE_SHARE = 0.05


def check_files() -> CheckResult:
    """Write a file into each folder of the installation and take it away again."""
    for folder in (Path(settings.FILES_FOLDER), Path(settings.CHECKPOINTS_FOLDER)):
        try:
            with tempfile.NamedTemporaryFile(dir=folder) as probe:
                probe.write(b"x")
                probe.flush()
        except OSError as error:
            return CheckResult(
                "fail",
                _("The folder %(folder)s cannot be written: %(error)s.")
                % {"folder": folder, "error": error.strerror},
                _("Give it to the user who runs the product, or set JINGKAI_HOME."),
            )
    return CheckResult("ok", _("Files are kept in %(folder)s.") % {"folder": settings.FILES_FOLDER})


def check_secrets() -> CheckResult:
    """See that nobody else on the machine can read keys and passwords."""
    folder = Path(settings.SECRETS_FOLDER)
    if not folder.is_dir():
        return CheckResult("fail", _("The folder of secrets is missing."), _("Run “jingkai migrate”."))
    open_ones = [path for path in (folder, *folder.rglob("*")) if _readable_by_others(path)]
    if open_ones:
        return CheckResult(
            "fail",
            _("Others on this machine can read %(path)s.") % {"path": open_ones[0]},
            _("Run: chmod -R go= %(folder)s") % {"folder": folder},
        )
    return CheckResult("ok", _("Keys and passwords can be read by this user only."))


def check_disk() -> CheckResult:
    """See that there is room for files and the database."""
    usage = shutil.disk_usage(settings.HOME)
    facts = {"free": usage.free // MEGABYTE, "percent": round(100 * usage.free / usage.total)}
    message = _("%(free)d MB (%(percent)d %%) are free.") % facts
    if usage.free < LEAST_FREE // 4:
        return CheckResult("fail", message, _("Make room now: the database stops when the disk is full."))
    if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_FREE_SHARE:
        return CheckResult("warn", message, _("Make room: move old backups away or enlarge the disk."))
    return CheckResult("ok", message)


def _readable_by_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.lstat().st_mode) & 0o077) and not path.is_symlink()
