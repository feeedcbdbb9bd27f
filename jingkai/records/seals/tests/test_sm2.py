"""Papers that were signed with SM2 alone: believed as far as bytes and certificates hold."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import algos, cms, core, keys, x509
from gmssl_pyx import sm2_key_generate, sm2_sign
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from jingkai.records.seals.queries import verify_pdf
from jingkai.records.seals.queries.verification import GM_DATA, GM_SIGNED_DATA, SM2_WITH_SM3, SM3
from jingkai.records.typesetting.api import render
from jingkai.records.typesetting.data import Letter, paragraph

AT = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
LETTER = Letter(agency="示范区", title="批复", blocks=(paragraph("同意。"),), signatory="示范区", date="今日")
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
                    "parameters": keys.ECDomainParameters(name="named", value=CURVE),
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


def sealed(chain: list[x509.Certificate], pair: Pair, *, outer: str = "signed_data") -> bytes:
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
    (report,) = verify_pdf(sealed(chain, pairs["seal"], outer=outer), trusted=[chain[2].dump()])
    assert (report.good, report.problems, report.seal) == (True, (), "省统一电子印章")
    assert report.at == AT


def test_nobody_is_believed_whose_issuer_is_unknown(
    chain: list[x509.Certificate], pairs: dict[str, Pair]
) -> None:
    other = certificate("根", pairs["stranger"], "根", pairs["stranger"], ca=True)
    for roots in ([], [other.dump()]):
        (report,) = verify_pdf(sealed(chain, pairs["seal"]), trusted=roots)
        assert (report.intact, report.trusted, report.problems) == (True, False, ("untrusted",))


def test_a_seal_made_with_another_key_does_not_hold(
    chain: list[x509.Certificate], pairs: dict[str, Pair]
) -> None:
    (report,) = verify_pdf(sealed(chain, pairs["stranger"]), trusted=[chain[2].dump()])
    assert (report.intact, report.good) == (False, False)
    assert "altered" in report.problems


def test_one_who_may_not_issue_issues_nothing(chain: list[x509.Certificate], pairs: dict[str, Pair]) -> None:
    plain = certificate("签发机构", pairs["issuer"], "根", pairs["root"])
    (report,) = verify_pdf(sealed([chain[0], plain], pairs["seal"]), trusted=[chain[2].dump()])
    assert not report.trusted


def test_a_certificate_that_has_ended_is_told(pairs: dict[str, Pair]) -> None:
    short = certificate("印章", pairs["seal"], "根", pairs["root"], days=10)
    root = certificate("根", pairs["root"], "根", pairs["root"], ca=True)
    (report,) = verify_pdf(sealed([short, root], pairs["seal"]), trusted=[root.dump()])
    assert report.problems == ("expired",)


def test_changed_bytes_and_additions_show(chain: list[x509.Certificate], pairs: dict[str, Pair]) -> None:
    paper: Any = sealed(chain, pairs["seal"])
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
