"""Looking at a copy that somebody hands in: is it the paper that the code stands for, whole and unchanged?"""

from __future__ import annotations

from typing import Any

from jingkai.records.documents import queries
from jingkai.records.documents.data import CopyCheck, CopyVerdict
from jingkai.records.documents.rules import spaced_code
from jingkai.records.files.data import Upload
from jingkai.records.seals import api as seals
from jingkai.records.seals.data import SignatureReport

COPY_LIMIT = 30 * 1024 * 1024


def check_copy(*, upload: Upload, code: str | None) -> CopyCheck:
    """Compare a received copy with the document of a code (any document where none is given); keeps nothing.

    The bytes decide first: the same digest is the same paper. Only for other bytes are the signatures read,
    to tell an altered paper of ours from one that we never issued.
    """
    try:
        return _check(upload, code)
    finally:
        upload.received.path.unlink(missing_ok=True)


def _check(upload: Upload, code: str | None) -> CopyCheck:
    digest = upload.received.sha256
    same = queries.find_by_digest(digest)
    if same is not None:
        return _known(upload, same.number_text, same.verification_code, code)
    if queries.find_draft_by_digest(digest) is not None:
        return CopyCheck("draft", upload.name, digest)
    try:
        reports = seals.verify_stranger(upload.received.path.read_bytes())
    except seals.UnreadablePdf:
        return CopyCheck("unknown", upload.name, digest)
    return CopyCheck(_verdict(reports), upload.name, digest, signatures=tuple(_plain(one) for one in reports))


def _known(upload: Upload, number: str, its_code: str, code: str | None) -> CopyCheck:
    verdict: CopyVerdict = "identical" if code in (None, its_code) else "other"
    digest = upload.received.sha256
    return CopyCheck(verdict, upload.name, digest, other_number=number, other_code=spaced_code(its_code))


def _verdict(reports: list[SignatureReport]) -> CopyVerdict:
    """Our seal on other bytes means the paper was changed; how, the signature tells."""
    ours = [report for report in reports if report.trusted or "altered" in report.problems]
    if not ours:
        return "unknown"
    if any("altered" in report.problems for report in ours):
        return "altered"
    return "appended" if any(not report.covers_whole for report in ours) else "unknown"


def _plain(report: SignatureReport) -> dict[str, Any]:
    return {"seal": report.seal, "signer": report.signer, "at": report.at, "good": report.good}
