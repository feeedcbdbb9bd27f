"""How old the keys are that this installation made for itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from jingkai.kernel.hooks.data import CheckResult
from jingkai.kernel.parties.models.keyring import key_file, read_keys


def check_keys(*, at: datetime) -> CheckResult:
    """See that no key is in use for longer than the operator allows (JINGKAI_KEY_DAYS)."""
    limit = settings.KEY_DAYS
    ages = {name: (at - since).days for name, since in _made().items()}
    old = {name: days for name, days in ages.items() if limit and days > limit}
    if not old:
        oldest = max(ages.values(), default=0)
        return CheckResult("ok", _("The oldest key in use is %(days)d days old.") % {"days": oldest})
    told = "、".join(f"{name} ({days})" for name, days in old.items())
    return CheckResult(
        "warn",
        _("Keys in use for more than %(limit)d days: %(keys)s.") % {"limit": limit, "keys": told},
        _("Change them: docs/security/measures.md, “Keys and algorithms”."),
    )


def _made() -> dict[str, datetime]:
    """Since when each key is in use; a file that is not there yet has no age."""
    found = {}
    if key_file().exists() and (made := read_keys(key_file()).newest.made):
        found[_("personal data")] = made
    files = {
        _("checkpoints of the trail"): Path(settings.HOME) / "keys" / "trail.pem",
        _("sessions and forms"): Path(settings.SECRETS_FOLDER) / "secret-key",
    }
    for name, path in files.items():
        if path.exists():
            found[name] = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return found
