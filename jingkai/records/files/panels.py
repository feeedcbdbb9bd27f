"""What files add to the doctor's questions."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jingkai.kernel.hooks.data import CheckResult, DoctorCheck
from jingkai.records.files.connectors.clamd import Scanner, ScannerAway, address_of
from jingkai.records.files.connectors.s3 import StoreAway
from jingkai.records.files.data import RemoteStore
from jingkai.records.files.models import StoredFile, bucket_store, folder_store
from jingkai.records.files.queries import missing_objects

SAMPLE = 200
LOW = 5 * 1024**3

ACTIONS = {
    "file.attached": gettext_lazy("File added"),
    "file.voided": gettext_lazy("File declared void"),
    "file.read": gettext_lazy("File opened"),
    "file.refused": gettext_lazy("File refused"),
}
"""What the trail calls these acts."""
REFUSED_FILES = gettext_lazy("Refused files of login")


def check_store() -> CheckResult:
    """Look whether the store can be written, has room, and still has the newest files."""
    folder = folder_store().incoming_folder()
    probe = folder / ".doctor"
    try:
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        return CheckResult(
            "fail",
            _("The folder of files cannot be written: %(error)s.") % {"error": error},
            _("Give this program's user write access to %(folder)s.") % {"folder": folder},
        )
    bucket = bucket_store()
    if bucket is not None and (fault := _bucket_fault(bucket, folder)):
        return fault
    missing = missing_objects(StoredFile.objects.order_by("-pk")[:SAMPLE])
    if missing:
        return CheckResult(
            "fail",
            _("%(count)s of the newest files are missing or damaged.") % {"count": len(missing)},
            _("Restore the folder of files from the backup of the same day as the database."),
        )
    if bucket is not None and next(folder_store().objects(), None):
        return CheckResult(
            "warn", _("Some files still lie in the folder of this machine."), _("Run: jingkai files move")
        )
    free = shutil.disk_usage(folder).free
    if free < LOW:
        return CheckResult(
            "warn", _("Less than 5 GB are left for files."), _("Give the data folder more room.")
        )
    return CheckResult("ok", _("The store of files can be written and has room."))


def _bucket_fault(bucket: RemoteStore, folder: Path) -> CheckResult | None:
    """Write an object, read it back, take it away; a fault in words where one of it does not work."""
    content = uuid4().bytes
    key, probe = hashlib.sha256(content).hexdigest(), folder / f"probe-{uuid4()}"
    try:
        probe.write_bytes(content)
        bucket.stage(key, probe)
        whole = bucket.read_back(key) == key
        bucket.delete(key)
    except StoreAway as error:
        return CheckResult(
            "fail",
            str(error.sentence),
            _("See the log for the reason; address, key, secret and rights of JINGKAI_FILES_URL must fit."),
        )
    finally:
        probe.unlink(missing_ok=True)
    if whole:
        return None
    return CheckResult(
        "fail", _("The bucket gave other bytes than were put into it."), _("Ask whoever runs the S3 service.")
    )


def check_scanner() -> CheckResult:
    """Ask the virus scanner whether it listens; an installation may have none."""
    if not settings.FILE_SCANNER_URL:
        return CheckResult(
            "warn",
            _("No virus scanner looks into files."),
            _("Run clamd and set JINGKAI_SCANNER_URL, such as unix:///run/clamav/clamd.ctl."),
        )
    try:
        Scanner(address_of(settings.FILE_SCANNER_URL), answer_seconds=5).ping()
    except ScannerAway as error:
        return CheckResult(
            "fail",
            _("The virus scanner gives no answer (%(error)s): no file is taken in.") % {"error": error},
            _("Start clamd, or correct JINGKAI_SCANNER_URL."),
        )
    return CheckResult("ok", _("The virus scanner answers."))


SCANNER_CHECK = DoctorCheck("scanner", check_scanner)
STORE_CHECK = DoctorCheck("files", check_store)
