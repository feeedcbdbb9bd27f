"""What documents hang into the menus and the doctor's questions."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import CheckResult, DoctorCheck, MenuEntry
from jingkai.records.documents import rules
from jingkai.records.typesetting.api import official_fonts

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
