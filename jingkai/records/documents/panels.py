"""What documents hang into the menus and the doctor's questions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry
from jingkai.kernel.pace.api import Pace
from jingkai.records.documents import rules
from jingkai.records.typesetting.api import official_fonts

DOCUMENT = gettext_lazy("Document")
"""What the trail calls one."""

MENU = (
    MenuEntry(
        label=gettext_lazy("Issued documents"),
        url_name="documents:register",
        icon="certificate",
        group=gettext_lazy("Documents and seals"),
        order=610,
        permission=rules.SEE,
    ),
    MenuEntry(
        label=gettext_lazy("Check a document"),
        url_name="documents:verify",
        icon="qrcode",
        order=60,
        place="footer",
        kinds=("staff", "enterprise", "visitor"),
    ),
)

PACES = (
    Pace(
        code="documents_copy",
        label=gettext_lazy("Hand in a copy for comparison"),
        most=20,
        minutes=10,
        pages=("documents:copy",),
        methods=("PUT", "POST"),
    ),
    Pace(
        code="documents_verify",
        label=gettext_lazy("Look for a document by number and code"),
        most=30,
        minutes=10,
        pages=("documents:verify",),
        methods=("GET",),
        when=lambda request: bool(request.GET.get("number") or request.GET.get("code")),
    ),
    Pace(
        code=rules.MISSES,
        label=gettext_lazy("Type a verification code that does not exist"),
        most=30,
        minutes=10,
    ),
)

ACTIONS = {
    "document.prepared": gettext_lazy("Document prepared"),
    "document.seal_ordered": gettext_lazy("State seal ordered for the document"),
    "document.sealed": gettext_lazy("Document sealed and issued"),
    "document.released": gettext_lazy("Document issued"),
    "document.revoked": gettext_lazy("Document revoked"),
    "document.replaced": gettext_lazy("Document replaced"),
    "document.abandoned": gettext_lazy("Document abandoned before issue"),
    "document.read": gettext_lazy("Document opened"),
    "document.list_exported": gettext_lazy("List taken as a spreadsheet"),
}
"""What the trail calls these acts."""


def check_fonts() -> CheckResult:
    """Look whether the typefaces of official papers are there."""
    missing = official_fonts()
    if not missing:
        return CheckResult("ok", _("The typefaces of official papers are there."))
    return CheckResult(
        "warn",
        _("These typefaces are missing, Noto stands in for them: %(names)s.") % {"names": ", ".join(missing)},
        _("Put the Fandol fonts into the folder JINGKAI_FONTS_FOLDER; papers are correct without them."),
    )


FONTS_CHECK = DoctorCheck("fonts", check_fonts)
