"""The wording of a kind as it is now: the zone's newest version, else the declared one."""

from __future__ import annotations

from jingkai.kernel.notices.data import Texts
from jingkai.kernel.notices.models import NoticeTemplate
from jingkai.kernel.notices.rules.kinds import kinds


def newest_version(kind: str) -> NoticeTemplate | None:
    """Give the zone's newest version of a text, or None while the declared one is in use."""
    return NoticeTemplate.objects.filter(kind=kind).order_by("-version").first()


def current_texts(kind: str, language: str) -> Texts:
    """Give the wording in a language; a provider's template not yet registered is called after the kind."""
    source = newest_version(kind) or kinds.get(kind)
    if source is None:
        raise LookupError(kind)
    ending = "_en" if language.startswith("en") else ""
    code = getattr(source, f"sms_code{ending}", "") or f"JK_{kind}{ending}".upper()
    title, body, sms = (getattr(source, f"{name}{ending}") for name in ("title", "body", "sms"))
    return Texts(title, body, sms, code)


def default_channels(kind: str) -> tuple[str, ...]:
    """Give the channels that a kind uses where the caller names none."""
    source = newest_version(kind) or kinds.get(kind)
    return tuple(source.channels) if source else ()
