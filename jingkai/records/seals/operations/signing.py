"""Putting a seal on a PDF: its face at its place, and a PAdES baseline-B signature over the whole file."""

from __future__ import annotations

import dataclasses
import tempfile
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jingkai.records.seals.data import SealFace, SealKeys, SealPlace
from jingkai.records.typesetting.api import draw

POINTS_PER_MM = 72 / 25.4
_CMS_BYTES = 16_384


class NotSealable(ValueError):
    """The bytes are no PDF that can be signed."""


class _KeySigner(signers.Signer):
    """Lets a key store sign for pyHanko: the key itself never comes into this process' hands here."""

    def __init__(self, keys: SealKeys, key_name: str, certificate: bytes) -> None:
        registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple([asn1_x509.Certificate.load(issuer) for issuer in keys.issuers()])
        super().__init__(
            signing_cert=asn1_x509.Certificate.load(certificate), cert_registry=registry, prefer_pss=False
        )
        self._keys = keys
        self._key_name = key_name

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign the attributes of the signature."""
        if dry_run:
            return bytes(512)
        return self._keys.sign(self._key_name, data, digest=digest_algorithm)


class _TimedPdfSigner(signers.PdfSigner):
    """Signs with the moment of the operation instead of the system's clock."""

    def __init__(self, *args: Any, moment: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._moment = moment

    def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
        """Give the session its time."""
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self._moment
        return session


def sign_pdf(
    pdf: bytes,
    *,
    keys: SealKeys,
    key_name: str,
    certificate: bytes,
    face: SealFace,
    place: SealPlace,
    by_name: str,
    reason: str,
    field_name: str,
    at: datetime,
) -> bytes:
    """Return the PDF with the seal drawn at its place and signed; no later change is allowed.

    The addition is incremental: the bytes before it stay as they were.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        first = not writer.prev.embedded_signatures
        page_height = _page_height(writer, place.page)
    except (PdfError, ValueError, IndexError) as broken:
        raise NotSealable(str(broken)) from broken
    metadata = signers.PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm="sha256",
        name=by_name,
        reason=reason,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=first,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    spec = fields.SigFieldSpec(
        field_name,
        on_page=place.page - 1,
        box=_box(place, face.diameter_mm, page_height),
        readable_field_name=reason,
    )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as picture:
        picture.write(draw_face(face))
        picture.flush()
        signer = _TimedPdfSigner(
            metadata,
            _KeySigner(keys, key_name, certificate),
            stamp_style=_stamp(picture.name),
            new_field_spec=spec,
            moment=timezone.localtime(at),
        )
        signed: bytes = signer.sign_pdf(writer, bytes_reserved=_CMS_BYTES).getvalue()
    return signed


@lru_cache(maxsize=32)
def draw_face(face: SealFace) -> bytes:
    """Draw a seal as a one-page PDF with a transparent ground; once in each process, for it never changes."""
    return draw("seals/seal", face_data(face), form="pdf")


def face_data(face: SealFace) -> dict[str, Any]:
    """Give a face as its template reads it."""
    return dataclasses.asdict(face)


def _stamp(path: str) -> StaticStampStyle:
    fill = SimpleBoxLayoutRule(
        x_align=AxisAlignment.ALIGN_MID, y_align=AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0)
    )
    return StaticStampStyle.from_pdf_file(path, border_width=0, background_opacity=1, background_layout=fill)


def _page_height(writer: IncrementalPdfFileWriter, page: int) -> float:
    """Read a page's height in points; a page that is not there is an error."""
    reference, _resources = writer.find_page_for_modification(page - 1)  # type: ignore[no-untyped-call]
    box = reference.get_object().get("/MediaBox") or reference.get_object().get_inherited("/MediaBox")
    return float(box[3]) - float(box[1])


def _box(place: SealPlace, diameter_mm: float, page_height: float) -> tuple[int, int, int, int]:
    """Give the seal's square in points from the page's bottom left corner."""
    x, y = place.x * POINTS_PER_MM, page_height - place.y * POINTS_PER_MM
    reach = diameter_mm * POINTS_PER_MM / 2
    return round(x - reach), round(y - reach), round(x + reach), round(y + reach)
