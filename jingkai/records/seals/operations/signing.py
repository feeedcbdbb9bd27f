"""Putting a seal on a PDF: its face at its place, and a PAdES baseline-B signature over the whole file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import fields, signers
from pyhanko.sign.attributes import CMSAttributeProvider, SigningCertificateV2Provider
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from jingkai.records.seals.data import NotSealable, SealFace, SealKeys, SealPlace
from jingkai.records.seals.operations.faces import draw_face

POINTS_PER_MM = 72 / 25.4
_CMS_BYTES = 16_384


def _settled(value: Any) -> Any:
    """Give a value as read from its bytes.

    asn1crypto writes a value that was put together anew at each look, and all within it each time again: for
    names seven levels deep that was most of the work of a signature.
    """
    return type(value).load(value.dump())


class _Settled(CMSAttributeProvider):
    """Gives the value of another provider settled, before it goes into what lies around it."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.attribute_type = inner.attribute_type

    async def build_attr_value(self, dry_run: bool = False) -> Any:
        """Build the value."""
        return _settled(await self._inner.build_attr_value(dry_run=dry_run))


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

    def _signed_attr_providers(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        for provider in super()._signed_attr_providers(*args, **kwargs):
            yield _Settled(provider) if isinstance(provider, SigningCertificateV2Provider) else provider

    async def signed_attrs(self, *args: Any, **kwargs: Any) -> Any:
        """Give the attributes settled."""
        return _settled(await super().signed_attrs(*args, **kwargs))

    def signer_info(self, digest_algorithm: str, signed_attrs: Any, signature: bytes) -> Any:
        """Give what says who signed, settled, too."""
        return _settled(super().signer_info(digest_algorithm, signed_attrs, signature))

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
