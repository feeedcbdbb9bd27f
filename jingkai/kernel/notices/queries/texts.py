"""The wording of a kind as it is now: the zone's newest version, else the declared one."""

from __future__ import annotations

from jingkai.kernel.hooks.api import Prepared
from jingkai.kernel.notices.data import NoticeKind, Texts
from jingkai.kernel.notices.models import NoticeTemplate
from jingkai.kernel.notices.rules.kinds import kinds


def newest_version(kind: str) -> NoticeTemplate | None:
    """Give the zone's newest version of a text, or None while the declared one is in use."""
    return _NEWEST.first(kind=kind)


_NEWEST = Prepared(lambda s: NoticeTemplate.objects.filter(kind=s.text("kind")).order_by("-version")[:1])


def source_of(kind: str) -> NoticeTemplate | NoticeKind:
    """Give what words a kind now. Error: LookupError."""
    source = newest_version(kind) or kinds.get(kind)
    if source is None:
        raise LookupError(kind)
    return source


def current_texts(kind: str, language: str) -> Texts:
    """Give the wording of a kind in a language."""
    return texts_from(source_of(kind), kind, language)


def texts_from(source: NoticeTemplate | NoticeKind, kind: str, language: str) -> Texts:
    """Give the wording in a language; a provider's template not yet registered is called after the kind."""
    ending = "_en" if language.startswith("en") else ""
    code = getattr(source, f"sms_code{ending}", "") or f"JK_{kind}{ending}".upper()
    title, body, sms = (getattr(source, f"{name}{ending}") for name in ("title", "body", "sms"))
    return Texts(title, body, sms, code)
