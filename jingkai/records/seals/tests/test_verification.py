"""What a signature says is believed only as far as the bytes and certificates hold."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import algos, cms, core, x509
from asn1crypto import keys as key_forms
from gmssl_pyx import sm2_key_generate, sm2_sign
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject
from pypdf import PdfReader, PdfWriter

from jingkai.records.seals.data import CertificateSubject, SealFace, SealPlace
from jingkai.records.seals.operations.keys import FolderKeys
from jingkai.records.seals.operations.signing import sign_pdf
from jingkai.records.seals.operations.verify import verify_stranger
from jingkai.records.seals.queries import UnreadablePdf, verify_pdf
from jingkai.records.seals.queries.verification import GM_DATA, GM_SIGNED_DATA, SM2_WITH_SM3, SM3
from jingkai.records.typesetting.api import render
from jingkai.records.typesetting.data import Letter, paragraph

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
FACE = SealFace("示范经济开发区管理委员会", "经开区管理专用章", "（2号章）", 42, True)
LETTER = Letter(
    agency="示范区", title="意见书", blocks=(paragraph("合格。"),), signatory="示范区", date="今日"
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> FolderKeys:
    """A key store of one seal."""
    return FolderKeys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def paper() -> bytes:
    """An unsealed letter."""
    return render("typesetting/letter", LETTER, at=AT)


@pytest.fixture(scope="module")
def sealed(keys: FolderKeys, paper: bytes) -> bytes:
    """The letter sealed once."""
    certificate = keys.create("two", CertificateSubject("二号章", "示范区", "2", True), at=AT)
    return seal(paper, keys, "two", certificate)


def seal(pdf: bytes, keys: FolderKeys, name: str, certificate: bytes, **changes: Any) -> bytes:
    given: dict[str, Any] = {
        "keys": keys,
        "key_name": name,
        "certificate": certificate,
        "face": FACE,
        "place": SealPlace(1, 140, 120),
        "by_name": "郑印",
        "reason": "意见书",
        "field_name": f"Seal-{name}",
        "at": AT,
    }
    return sign_pdf(pdf, **{**given, **changes})


def test_an_intact_paper_is_good(sealed: bytes, keys: FolderKeys) -> None:
    (report,) = verify_pdf(sealed, trusted=keys.issuers())
    assert report.good
    assert (report.seal, report.organisation, report.code) == ("二号章", "示范区", "2")
    assert (report.signer, report.reason, report.at) == ("郑印", "意见书", AT)
    assert report.problems == ()


def test_every_altered_byte_of_the_content_is_found(sealed: bytes, keys: FolderKeys, paper: bytes) -> None:
    for place in range(200, len(paper) - 1200, len(paper) // 12):
        changed = bytearray(sealed)
        changed[place] ^= 0x01
        try:
            reports = verify_pdf(bytes(changed), trusted=keys.issuers())
        except UnreadablePdf:
            continue
        assert not any(report.good for report in reports), place


def test_something_appended_is_found(sealed: bytes, keys: FolderKeys) -> None:
    (report,) = verify_pdf(sealed + b"\n% one more line\n", trusted=keys.issuers())
    assert (report.intact, report.covers_whole, report.problems) == (True, False, ("appended",))


def test_an_incremental_change_is_found(sealed: bytes, keys: FolderKeys) -> None:
    writer = PdfWriter(BytesIO(sealed), incremental=True)
    writer.add_metadata({"/Title": "另一份"})
    changed = BytesIO()
    writer.write(changed)
    assert changed.getvalue().startswith(sealed)
    (report,) = verify_pdf(changed.getvalue(), trusted=keys.issuers())
    assert not report.good
    assert "appended" in report.problems


def test_a_rewritten_paper_has_lost_its_seal(sealed: bytes, keys: FolderKeys) -> None:
    writer = PdfWriter()
    writer.add_page(PdfReader(BytesIO(sealed)).pages[0])
    changed = BytesIO()
    writer.write(changed)
    assert not any(report.good for report in verify_pdf(changed.getvalue(), trusted=keys.issuers()))


def test_a_seal_of_another_installation_is_not_known(sealed: bytes, tmp_path: Path) -> None:
    stranger = FolderKeys(tmp_path)
    stranger.create("x", CertificateSubject("二号章", "示范区", "2", True), at=AT)
    (report,) = verify_pdf(sealed, trusted=stranger.issuers())
    assert (report.intact, report.trusted, report.problems) == (True, False, ("untrusted",))


def test_a_certificate_laid_beside_is_trusted(sealed: bytes, keys: FolderKeys, tmp_path: Path) -> None:
    other = FolderKeys(tmp_path)
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "neighbour.pem").write_bytes((keys.folder / "authority.pem").read_bytes())
    assert verify_pdf(sealed, trusted=other.issuers())[0].good


def test_a_signature_before_its_certificate_is_not_good(paper: bytes, keys: FolderKeys) -> None:
    certificate = keys.create(
        "late", CertificateSubject("新章", "示范区", "9", True), at=AT + timedelta(days=30)
    )
    (report,) = verify_pdf(seal(paper, keys, "late", certificate), trusted=keys.issuers())
    assert (report.intact, report.trusted, report.problems) == (True, False, ("expired",))


def test_an_unsigned_paper_carries_nothing(paper: bytes, keys: FolderKeys) -> None:
    assert verify_pdf(paper, trusted=keys.issuers()) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not_pdf"),
        (b"hello", "not_pdf"),
        (b"%PDF-1.7\nxx", "truncated"),
        (b"%PDF-1.7\nxx\n%%EOF", "damaged"),
    ],
)
def test_what_is_no_pdf_is_told_apart(content: bytes, reason: str, keys: FolderKeys) -> None:
    with pytest.raises(UnreadablePdf) as unreadable:
        verify_pdf(content, trusted=keys.issuers())
    assert unreadable.value.reason == reason


def test_a_cut_off_paper_is_told(sealed: bytes, keys: FolderKeys) -> None:
    with pytest.raises(UnreadablePdf) as unreadable:
        verify_pdf(sealed[: len(sealed) // 2], trusted=keys.issuers())
    assert unreadable.value.reason == "truncated"


def test_a_strangers_paper_is_read_apart_with_the_same_answer(
    sealed: bytes, keys: FolderKeys, settings: Any
) -> None:
    settings.SEALS_FOLDER = keys.folder
    assert verify_stranger(sealed) == verify_pdf(sealed, trusted=keys.issuers())
    with pytest.raises(UnreadablePdf):
        verify_stranger(b"hello")


CURVE = "1.2.156.10197.1.301"
Pair = tuple[bytes, bytes]


def certificate(
    name: str, pair: Pair, issuer: str, by: Pair, *, ca: bool = False, days: int = 365
) -> x509.Certificate:
    """A certificate of an SM2 key, signed with SM2."""
    begin = AT - timedelta(days=30)
    usage = {"extn_id": "basic_constraints", "critical": True, "extn_value": {"ca": ca}}
    tbs = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") >> 1,
            "signature": {"algorithm": SM2_WITH_SM3},
            "issuer": x509.Name.build({"common_name": issuer, "organization_name": "示范省"}),
            "validity": {
                "not_before": x509.Time({"utc_time": begin}),
                "not_after": x509.Time({"utc_time": begin + timedelta(days=days)}),
            },
            "subject": x509.Name.build({"common_name": name, "organization_name": "示范省"}),
            "subject_public_key_info": {
                "algorithm": {
                    "algorithm": "ec",
                    "parameters": key_forms.ECDomainParameters(name="named", value=CURVE),
                },
                "public_key": b"\x04" + pair[0],
            },
            "extensions": [usage],
        }
    )
    signature = sm2_sign(by[1], by[0], tbs.dump())
    return x509.Certificate(
        {
            "tbs_certificate": tbs,
            "signature_algorithm": {"algorithm": SM2_WITH_SM3},
            "signature_value": signature,
        }
    )


@pytest.fixture(scope="module")
def pairs() -> dict[str, Pair]:
    """The keys of a root, of an issuer under it, of a seal, and of a stranger."""
    return {name: sm2_key_generate() for name in ("root", "issuer", "seal", "stranger")}


@pytest.fixture(scope="module")
def chain(pairs: dict[str, Pair]) -> list[x509.Certificate]:
    """The seal's certificate, its issuer's, the root's."""
    return [
        certificate("省统一电子印章", pairs["seal"], "签发机构", pairs["issuer"]),
        certificate("签发机构", pairs["issuer"], "根", pairs["root"], ca=True),
        certificate("根", pairs["root"], "根", pairs["root"], ca=True),
    ]


def signed_there(chain: list[x509.Certificate], pair: Pair, *, outer: str = "signed_data") -> bytes:
    """A letter that the service signed with SM2 over SM3."""
    writer = IncrementalPdfFileWriter(BytesIO(render("typesetting/letter", LETTER, at=AT)), strict=False)
    steps = PdfCMSEmbedder().write_cms("Seal", writer)
    next(steps)
    steps.send(SigObjSetup(sig_placeholder=SignatureObject(bytes_reserved=16384, timestamp=AT)))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    whole = output.getbuffer()
    signed = bytes(whole[: prepared.reserved_region_start]) + bytes(whole[prepared.reserved_region_end :])
    whole.release()
    steps.send(_cms(hashlib.new("sm3", signed).digest(), chain, pair, outer))
    return bytes(output.getvalue())


def _cms(digest: bytes, chain: list[x509.Certificate], pair: Pair, outer: str) -> bytes:
    inner = "data" if outer == "signed_data" else GM_DATA
    attributes = cms.CMSAttributes(
        [
            cms.CMSAttribute({"type": "content_type", "values": (cms.ContentType(inner),)}),
            cms.CMSAttribute({"type": "signing_time", "values": (cms.Time({"utc_time": core.UTCTime(AT)}),)}),
            cms.CMSAttribute({"type": "message_digest", "values": (core.OctetString(digest),)}),
        ]
    )
    algorithm = algos.DigestAlgorithm({"algorithm": SM3})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": chain[0].issuer, "serial_number": chain[0].serial_number}
                    )
                }
            ),
            "digest_algorithm": algorithm,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": SM2_WITH_SM3}),
            "signed_attrs": attributes,
            "signature": sm2_sign(pair[1], pair[0], attributes.dump()),
        }
    )
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms((algorithm,)),
            "encap_content_info": {"content_type": inner},
            "certificates": chain[:2],
            "signer_infos": [signer],
        }
    )
    return bytes(cms.ContentInfo({"content_type": outer, "content": data}).dump())


@pytest.mark.parametrize("outer", ["signed_data", GM_SIGNED_DATA])
def test_a_seal_of_sm2_is_good_under_a_trusted_root(
    chain: list[x509.Certificate], pairs: dict[str, Pair], outer: str
) -> None:
    (report,) = verify_pdf(signed_there(chain, pairs["seal"], outer=outer), trusted=[chain[2].dump()])
    assert (report.good, report.problems, report.seal) == (True, (), "省统一电子印章")
    assert report.at == AT


def test_nobody_is_believed_whose_issuer_is_unknown(
    chain: list[x509.Certificate], pairs: dict[str, Pair]
) -> None:
    other = certificate("根", pairs["stranger"], "根", pairs["stranger"], ca=True)
    for roots in ([], [other.dump()]):
        (report,) = verify_pdf(signed_there(chain, pairs["seal"]), trusted=roots)
        assert (report.intact, report.trusted, report.problems) == (True, False, ("untrusted",))


def test_a_seal_made_with_another_key_does_not_hold(
    chain: list[x509.Certificate], pairs: dict[str, Pair]
) -> None:
    (report,) = verify_pdf(signed_there(chain, pairs["stranger"]), trusted=[chain[2].dump()])
    assert (report.intact, report.good) == (False, False)
    assert "altered" in report.problems


def test_one_who_may_not_issue_issues_nothing(chain: list[x509.Certificate], pairs: dict[str, Pair]) -> None:
    plain = certificate("签发机构", pairs["issuer"], "根", pairs["root"])
    (report,) = verify_pdf(signed_there([chain[0], plain], pairs["seal"]), trusted=[chain[2].dump()])
    assert not report.trusted


def test_a_certificate_that_has_ended_is_told(pairs: dict[str, Pair]) -> None:
    short = certificate("印章", pairs["seal"], "根", pairs["root"], days=10)
    root = certificate("根", pairs["root"], "根", pairs["root"], ca=True)
    (report,) = verify_pdf(signed_there([short, root], pairs["seal"]), trusted=[root.dump()])
    assert report.problems == ("expired",)


def test_changed_bytes_and_additions_show(chain: list[x509.Certificate], pairs: dict[str, Pair]) -> None:
    paper: Any = signed_there(chain, pairs["seal"])
    place = paper.index(b"/Type")
    changed = paper[:place] + b"/Typf" + paper[place + 5 :]
    (report,) = verify_pdf(changed, trusted=[chain[2].dump()])
    assert not report.good
    added = IncrementalPdfFileWriter(BytesIO(paper), strict=False)
    added.root["/Lang"] = pdf_string("zh")
    added.update_root()
    out = BytesIO()
    added.write(out)
    (report,) = verify_pdf(out.getvalue(), trusted=[chain[2].dump()])
    assert (report.intact, report.covers_whole, report.good) == (True, False, False)
    assert "appended" in report.problems
