"""Reading the signatures of a PDF: which seal, by whom, when, and whether that holds.

Needs no database: it trusts the certificates that it is given. A paper from a stranger is read in a process
of its own (`python -I verification.py`), which a hostile file can exhaust without harm to the product.

Signatures with SM2 and SM3 (GM/T 0003, 0010; GB/T 38540 asks for them) are checked here, as pyHanko can't:
they must stand over the digest of the file's own bytes, under a certificate that comes from a trusted one.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import logging
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from asn1crypto import cms, x509  # type: ignore[import-untyped]
from gmssl_pyx import sm2_verify
from pyhanko.pdf_utils.generic import DictionaryObject, IndirectObject, StreamObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from jingkai.records.seals.data import Problem, SignatureReport, UnreadablePdf

_BROKEN = (
    PdfError,
    SignatureValidationError,
    SigningError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
)

logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)  # its findings are our report

MEMORY_LIMIT = 2 * 1024**3

SM3 = "1.2.156.10197.1.401"
SM2_WITH_SM3 = "1.2.156.10197.1.501"
SM2_SIGNATURES = (SM2_WITH_SM3, "1.2.156.10197.1.301", "1.2.156.10197.1.301.1")
"""What signers write as the algorithm: with its digest, or only the curve's."""
GM_DATA, GM_SIGNED_DATA = "1.2.156.10197.6.1.4.2.1", "1.2.156.10197.6.1.4.2.2"
DEEPEST = 5

# The library reads what stands under a content type that it has a shape for, and these are signed data too.
cms.ContentType._map.update({GM_DATA: "gm_data", GM_SIGNED_DATA: "gm_signed_data"})
cms.ContentInfo._oid_specs["gm_signed_data"] = cms.SignedData


def verify_pdf(pdf: bytes, *, trusted: Iterable[bytes]) -> list[SignatureReport]:
    """Report on every signature of a PDF, oldest first; an empty list where it carries none.

    Raises `UnreadablePdf` for what is no PDF or is cut off.
    """
    if b"%PDF-" not in pdf[:1024]:
        raise UnreadablePdf("not_pdf")
    try:
        signatures = list(PdfFileReader(BytesIO(pdf), strict=False).embedded_regular_signatures)
    except (*_BROKEN, RecursionError) as broken:
        reason = "truncated" if b"%%EOF" not in pdf[-2048:] else "damaged"
        raise UnreadablePdf(reason) from broken
    roots = [x509.Certificate.load(root) for root in trusted]
    reports = [_checked(signature, pdf, roots) for signature in signatures]
    if reports and not reports[-1].covers_whole:
        return [_with(report, "appended") if report.intact else report for report in reports]
    return reports


def page_contents(pdf: bytes) -> list[str]:
    """What each page shows, as a digest: its content with all that it draws on, without annotations.

    Raises `UnreadablePdf`. Seals are annotations: a page is the same before and after it was sealed.
    """
    try:
        root = PdfFileReader(BytesIO(pdf), strict=False).root
        return [_digest(page, frozenset()) for page in _leaves(root["/Pages"], 0)]
    except (*_BROKEN, RecursionError) as broken:
        raise UnreadablePdf("damaged") from broken


_NOT_SHOWN = ("/Annots", "/Parent", "/P", "/StructParents", "/Length")
_DEEPEST = 40


def _leaves(node: Any, depth: int) -> Iterator[Any]:
    if depth > _DEEPEST:
        raise ValueError("the pages lie too deep")
    kids = node.get("/Kids")
    if kids is None:
        yield node
        return
    for kid in kids:
        yield from _leaves(kid.get_object(), depth + 1)


def _digest(thing: Any, above: frozenset[Any]) -> str:
    """Digest an object with everything under it; what leads back to itself ends there."""
    if isinstance(thing, IndirectObject):
        if thing.reference in above or len(above) > _DEEPEST:
            return "above"
        above = above | {thing.reference}
        thing = thing.get_object()  # type: ignore[no-untyped-call]
    if isinstance(thing, DictionaryObject):
        shown = [
            f"{key}={_digest(thing.raw_get(key), above)}" for key in sorted(thing) if key not in _NOT_SHOWN
        ]
        data = thing.data if isinstance(thing, StreamObject) else b""
        return hashlib.sha256("\n".join(shown).encode() + data).hexdigest()
    if isinstance(thing, list):
        inner = [_digest(thing.raw_get(at), above) for at in range(len(thing))]  # type: ignore[attr-defined]
        return hashlib.sha256("\n".join(inner).encode()).hexdigest()
    return repr(thing)


def _checked(signature: EmbeddedPdfSignature, pdf: bytes, roots: list[x509.Certificate]) -> SignatureReport:
    """Report on one signature, by the rules of its kind."""
    return _report_sm2(signature, pdf, roots) if _is_sm2(signature.signer_info) else _report(signature, roots)


def _report_sm2(
    signature: EmbeddedPdfSignature, pdf: bytes, roots: list[x509.Certificate]
) -> SignatureReport:
    signed_at, certificate = signature.self_reported_timestamp, signature.signer_cert
    try:
        first, long, second, rest = (int(one) for one in signature.byte_range)
        signed = pdf[first : first + long] + pdf[second : second + rest]
        intact = _sm2_intact(signed, signature.signer_info, certificate)
        bag = [one.chosen for one in signature.signed_data["certificates"]]
        trusted = _sm2_trusted(certificate, bag=bag, roots=roots, at=signed_at)
        whole = signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    except _BROKEN:
        intact, trusted, whole = False, False, False
    problems: list[Problem] = [] if intact else ["altered"]
    if not trusted:
        problems.append("untrusted" if _in_time(signature) else "expired")
    return _about(signature, signed_at, intact=intact, whole=whole, trusted=trusted, problems=tuple(problems))


def _is_sm2(signer: Any) -> bool:
    """Whether whoever signed says that it was with SM2."""
    return signer["signature_algorithm"]["algorithm"].dotted in SM2_SIGNATURES


def _sm2_intact(signed: bytes, signer: Any, certificate: Any) -> bool:
    """Whether the signature holds and stands over exactly these bytes."""
    attributes, digest = signer["signed_attrs"], hashlib.new("sm3", signed).digest()
    if signer["digest_algorithm"]["algorithm"].dotted != SM3 or certificate is None:
        return False
    if not attributes:
        return _sm2_holds(certificate, signed, signer["signature"].native)
    told = [one["values"] for one in attributes if one["type"].native == "message_digest"]
    if len(told) != 1 or len(told[0]) != 1 or told[0][0].native != digest:
        return False
    return _sm2_holds(certificate, attributes.untag().dump(), signer["signature"].native)


def _sm2_trusted(certificate: Any, *, bag: Sequence[Any], roots: Sequence[Any], at: datetime | None) -> bool:
    """Whether a chain of certificates in force leads to one that is trusted."""
    here = certificate
    for _step in range(DEEPEST):
        if here is None or not _in_force(here, at):
            return False
        if any(here.dump() == root.dump() or _sm2_issued(here, root) for root in roots):
            return True
        here = next(
            (one for one in bag if one.ca and one.dump() != here.dump() and _sm2_issued(here, one)), None
        )
    return False


def _sm2_issued(certificate: Any, issuer: Any) -> bool:
    """Whether one certificate was signed by the other's holder."""
    if certificate.issuer != issuer.subject:
        return False
    algorithm = certificate["signature_algorithm"]["algorithm"].dotted
    signature = certificate["signature_value"].native
    return algorithm in SM2_SIGNATURES and _sm2_holds(
        issuer, certificate["tbs_certificate"].dump(), signature
    )


def _sm2_holds(certificate: x509.Certificate, message: bytes, signature: bytes) -> bool:
    """Whether a signature over a message is that of the certificate's key (the usual signer id)."""
    point = certificate.public_key["public_key"].native
    try:
        return bool(len(point) == 65 and point[0] == 4 and sm2_verify(point[1:], message, signature))
    except ValueError:
        return False


def _in_force(certificate: Any, at: datetime | None) -> bool:
    return at is None or certificate.not_valid_before <= at <= certificate.not_valid_after


def _report(signature: EmbeddedPdfSignature, roots: list[x509.Certificate]) -> SignatureReport:
    signed_at = signature.self_reported_timestamp
    try:
        context = ValidationContext(
            trust_roots=roots, moment=signed_at, allow_fetching=False, time_tolerance=timedelta(days=1)
        )
        status = validate_pdf_signature(signature, signer_validation_context=context)
    except _BROKEN:
        return _about(
            signature, signed_at, intact=False, whole=False, trusted=False, problems=("unreadable",)
        )
    intact = bool(status.intact and status.valid)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    problems = _problems(signature, status, intact=intact)
    return _about(
        signature, signed_at, intact=intact, whole=whole, trusted=bool(status.trusted), problems=problems
    )


def _problems(
    signature: EmbeddedPdfSignature, status: PdfSignatureStatus, *, intact: bool
) -> tuple[Problem, ...]:
    found: list[Problem] = []
    if not intact:
        found.append("altered")
    if not status.trusted:
        found.append("untrusted" if _in_time(signature) else "expired")
    return tuple(found)


def _in_time(signature: EmbeddedPdfSignature) -> bool:
    """Tell whether the certificate was valid when the signature says that it was made."""
    certificate, signed_at = signature.signer_cert, signature.self_reported_timestamp
    if certificate is None or signed_at is None:
        return True
    return bool(certificate.not_valid_before <= signed_at <= certificate.not_valid_after)


def _about(
    signature: EmbeddedPdfSignature,
    signed_at: datetime | None,
    *,
    intact: bool,
    whole: bool,
    trusted: bool,
    problems: tuple[Problem, ...],
) -> SignatureReport:
    subject = _subject(signature)
    return SignatureReport(
        seal=subject.get("common_name", ""),
        organisation=subject.get("organization_name", ""),
        code=subject.get("serial_number", ""),
        signer=_text(signature, "/Name"),
        reason=_text(signature, "/Reason"),
        at=signed_at,
        intact=intact,
        covers_whole=whole,
        trusted=trusted,
        demo=subject.get("organizational_unit_name") == "演示",
        problems=problems,
    )


def _subject(signature: EmbeddedPdfSignature) -> dict[str, str]:
    certificate = signature.signer_cert
    native = certificate.subject.native if certificate is not None else {}
    return {key: value if isinstance(value, str) else ", ".join(value) for key, value in native.items()}


def _text(signature: EmbeddedPdfSignature, key: str) -> str:
    value = signature.sig_object.get(key, "")
    if isinstance(value, IndirectObject):
        value = value.get_object()  # type: ignore[no-untyped-call]
    return str(value)


def _with(report: SignatureReport, problem: Problem) -> SignatureReport:
    return dataclasses.replace(report, problems=(*report.problems, problem))


def main() -> int:
    """Read one JSON line (seconds, trusted certificates) and a PDF from standard input; answer with JSON."""
    request = json.loads(sys.stdin.buffer.readline())
    resource.setrlimit(resource.RLIMIT_CPU, (request["seconds"], request["seconds"]))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    trusted = [base64.b64decode(root) for root in request["trusted"]]
    try:
        reports = verify_pdf(sys.stdin.buffer.read(), trusted=trusted)
        answer: dict[str, object] = {"reports": [dataclasses.asdict(report) for report in reports]}
    except UnreadablePdf as unreadable:
        answer = {"unreadable": unreadable.reason}
    sys.stdout.write(json.dumps(answer, default=str))
    return 0


if __name__ == "__main__":
    sys.exit(main())
