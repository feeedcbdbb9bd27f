"""Why a file is refused, in the sender's words, and what to do instead."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jingkai.kernel.hooks.data import PersonFacingError

Words = tuple[str | Promise, str | Promise]

REASONS: dict[str, Words] = {
    "empty": (
        _("“%(name)s” is empty."),
        _("Open it on your computer to see whether it was saved completely, then choose it again."),
    ),
    "too_large": (
        _("“%(name)s” is larger than the %(limit)s that are accepted here."),
        _("Make it smaller (for instance by saving scans with 300 dpi) or split it into parts."),
    ),
    "incomplete": (
        _("“%(name)s” did not arrive completely."),
        _("Check the connection and choose it again."),
    ),
    "length_missing": (
        _("The size of “%(name)s” was not told beforehand."),
        _("Use an ordinary browser, or send the header Content-Length."),
    ),
    "disk_full": (
        _("There is no room left for new files."),
        _("Please try again later; the operator has been told."),
    ),
    "disk_closed": (
        _("Files cannot be kept at this moment: the disk takes nothing in."),
        _("Your form is kept and nothing was lost. Please tell the zone's system administrator."),
    ),
    "busy": (
        _("Too many files are arriving at this moment."),
        _("Your form is kept. Please choose the file again in a minute."),
    ),
    "program": (
        _("“%(name)s” is a program, whatever its name says (%(found)s)."),
        _("Programs are never accepted. If you did not expect this, have your computer checked for viruses."),
    ),
    "script": (
        _("“%(name)s” is a script that computers can run (%(found)s)."),
        _("Scripts are never accepted. Send the document itself, for instance as PDF."),
    ),
    "web_page": (
        _("“%(name)s” is a web page, which may carry scripts."),
        _("Print the page to PDF and send that."),
    ),
    "svg": (
        _("“%(name)s” is an SVG drawing, which may carry scripts."),
        _("Save the drawing as PDF or PNG and send that."),
    ),
    "infected": (
        _("The virus scanner found %(found)s in “%(name)s”."),
        _("Have your computer checked for viruses, save the document anew there, and send that."),
    ),
    "not_scanned": (
        _("“%(name)s” could not be checked for viruses at this moment, so it was not taken in."),
        _("Your form is kept. Please choose the file again in some minutes."),
    ),
    "macros": (
        _("“%(name)s” contains macros, which are programs."),
        _("Save it as an ordinary document (.docx, .xlsx) or as PDF and send that."),
    ),
    "encrypted": (
        _("“%(name)s” is protected by a password, so nobody here could read it."),
        _("Remove the password and send it again."),
    ),
    "archive_bomb": (
        _("“%(name)s” would unpack to far more than it may (%(found)s)."),
        _("Send the files singly, or pack them anew without packing archives into archives."),
    ),
    "archive_unsafe": (
        _("“%(name)s” contains an entry that could be written outside its folder (%(found)s)."),
        _("Pack the files anew and send that."),
    ),
    "archive_damaged": (
        _("“%(name)s” is damaged or was packed in a way that cannot be checked (%(found)s)."),
        _("Pack the files anew as an ordinary ZIP, or send them singly."),
    ),
    "picture_bomb": (
        _("“%(name)s” is a picture of %(found)s, too many to be shown."),
        _("Save it with at most 100 million pixels and send that."),
    ),
    "damaged": (
        _("“%(name)s” says that it is %(found)s, but it cannot be read."),
        _("Open it on your computer, save it anew and send that."),
    ),
    "doctype": (
        _("“%(name)s” is an XML file that refers to other files."),
        _("Save it without a DOCTYPE, or send a PDF."),
    ),
    "unknown": (
        _("“%(name)s” is of a kind that is not accepted here (%(found)s)."),
        _("Accepted are PDF, OFD, Word, Excel, PowerPoint, WPS, JPG, PNG, TIFF, DWG drawings and ZIP."),
    ),
    "not_here": (
        _("“%(name)s” is %(found)s, which is not accepted in this place."),
        _("Accepted here: %(accepted)s."),
    ),
    "too_many": (
        _("There are already %(found)s files in this place, as many as it may hold."),
        _("Remove one that is not needed, or put several pages into one PDF."),
    ),
}
_STATUS = {
    "too_large": 413,
    "length_missing": 411,
    "disk_full": 507,
    "disk_closed": 503,
    "busy": 503,
    "not_scanned": 503,
    "too_many": 409,
}


FAULTS_OF_OURS = frozenset({"incomplete", "disk_full", "disk_closed", "busy", "not_scanned"})
"""Reasons that lie with the line or the machine and not with the file."""


class FileRefused(PersonFacingError):
    """A file was not taken in; `code` says why, nothing of it was kept."""

    def __init__(self, code: str, *, name: str, found: str = "", limit: str = "", accepted: str = "") -> None:
        sentence, advice = REASONS[code]
        facts = {"name": name, "found": found, "limit": limit, "accepted": accepted}
        super().__init__(sentence, advice, status=_STATUS.get(code, 422), **facts)
        self.code = code
        self.found = found
        self.noted = False
