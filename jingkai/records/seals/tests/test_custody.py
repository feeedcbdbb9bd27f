"""Seals are made once, handed over in writing, and their keys stay locked away."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import IntegrityError, transaction

from jingkai.kernel.audit.api import entries_of
from jingkai.kernel.permissions.api import SYSTEM
from jingkai.records.seals import api, panels
from jingkai.records.seals.data import CertificateSubject
from jingkai.records.seals.models import Seal, SealCustody
from jingkai.records.seals.operations.keys import FolderKeys, KeyDamaged
from jingkai.records.seals.queries import custody_history

pytestmark = pytest.mark.django_db


def draft(cast: Any, **changes: Any) -> api.SealDraft:
    given = {
        "code": "3",
        "name": "合同专用章",
        "ring_text": "示范经济开发区管理委员会",
        "custodian_id": cast.custodian.party_id,
        "basis": "主任办公会决定",
    }
    return api.SealDraft(**{**given, **changes})


def test_a_new_seal_has_a_certificate_that_names_it(cast: Any, seal: Seal) -> None:
    certificate = x509.load_pem_x509_certificate(seal.certificate.encode())
    subject = certificate.subject.rfc4514_string()
    assert "CN=经开区管理专用章（2号章）" in subject
    assert "OU=演示" in subject
    assert f"{certificate.serial_number:x}" == seal.serial
    assert entries_of(seal)


def test_the_private_key_is_encrypted_and_for_this_user_only(seal: Seal, seals_folder: Path) -> None:
    path = seals_folder / f"{seal.key_name}.key"
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    for kept in (path, seals_folder / "passphrase", seals_folder / "authority.key"):
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with pytest.raises((ValueError, TypeError)):
        serialization.load_pem_private_key(path.read_bytes(), b"wrong")
    with pytest.raises(TypeError):
        serialization.load_pem_private_key(path.read_bytes(), None)


def test_nothing_of_the_key_is_in_the_database(seal: Seal) -> None:
    assert not [field.name for field in Seal._meta.fields if "PRIVATE" in str(getattr(seal, field.name))]


def test_a_key_is_never_overwritten(tmp_path: Path, cast: Any) -> None:
    keys, subject = FolderKeys(tmp_path), CertificateSubject("甲", "乙", "1", True)
    keys.create("one", subject, at=cast.at)
    with pytest.raises(FileExistsError):
        keys.create("one", subject, at=cast.at)


def test_two_at_once_get_one_authority(tmp_path: Path, cast: Any) -> None:
    """Two processes that make an installation's first seals: both seals come from one root."""
    subject, together = CertificateSubject("甲", "乙", "1", True), Barrier(4)

    def make(number: int) -> bytes:
        together.wait()
        return FolderKeys(tmp_path).create(f"seal-{number}", subject, at=cast.at)

    with ThreadPoolExecutor(4) as pool:
        made = [x509.load_der_x509_certificate(der) for der in pool.map(make, range(4))]
    [root] = [x509.load_der_x509_certificate(der) for der in FolderKeys(tmp_path).issuers()]
    for certificate in made:
        certificate.verify_directly_issued_by(root)


def test_an_authority_whose_maker_was_killed_is_finished(tmp_path: Path, cast: Any) -> None:
    keys, subject = FolderKeys(tmp_path), CertificateSubject("甲", "乙", "1", True)
    keys.create("one", subject, at=cast.at)
    (tmp_path / "authority.pem").unlink()
    before = (tmp_path / "authority.key").read_bytes()
    made = x509.load_der_x509_certificate(keys.create("two", subject, at=cast.at))
    made.verify_directly_issued_by(x509.load_der_x509_certificate(keys.issuers()[0]))
    assert (tmp_path / "authority.key").read_bytes() == before


def test_a_damaged_key_gives_no_signature(tmp_path: Path, cast: Any) -> None:
    """What a damaged key signs would betray it: nothing of it leaves, and the key is to be restored."""
    keys = FolderKeys(tmp_path)
    keys.create("one", CertificateSubject("甲", "乙", "1", True), at=cast.at)
    assert keys.sign("one", b"paper", digest="sha256")
    whole = keys._read_key("one").private_numbers()
    broken = rsa.RSAPrivateNumbers(
        whole.p, whole.q, whole.d - 2, whole.dmp1 - 2, whole.dmq1, whole.iqmp, whole.public_numbers
    )
    (tmp_path / "one.key").unlink()
    keys._write_key("one", broken.private_key(unsafe_skip_rsa_key_validation=True))
    with pytest.raises(KeyDamaged):
        keys.sign("one", b"paper", digest="sha256")


@pytest.mark.parametrize("name", ["../evil", "", "A", "a/b", "." * 5])
def test_a_key_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a key's name"):
        FolderKeys(tmp_path).has(name)


def test_a_code_is_given_once(cast: Any, seal: Seal) -> None:
    with pytest.raises(api.SealExists):
        api.make_seal(draft=draft(cast, code="2"), by=cast.security_admin, at=cast.at)
    assert api.ensure_seal(draft=draft(cast, code="2"), by=SYSTEM, at=cast.at) == seal


def test_a_handover_ends_the_custody_before(cast: Any, seal: Seal) -> None:
    api.hand_over(
        seal_id=seal.pk,
        to=cast.clerk_2.party_id,
        basis="岗位调整",
        seen_version=seal.version,
        by=cast.security_admin,
        at=cast.at,
    )
    assert api.custodian_of("2") == cast.clerk_2.party_id
    newest, oldest = custody_history(seal)
    assert (newest.custodian_id, newest.ends_at) == (cast.clerk_2.party_id, None)
    assert (oldest.custodian_id, oldest.ends_at) == (cast.custodian.party_id, cast.at)
    assert list(entries_of(seal))[-1].facts == {
        "from": cast.custodian.party_id,
        "to": cast.clerk_2.party_id,
    }


@pytest.mark.parametrize("fault", ["same", "no basis", "stale"])
def test_a_senseless_handover_is_refused(cast: Any, seal: Seal, fault: str) -> None:
    to = cast.custodian.party_id if fault == "same" else cast.clerk.party_id
    with pytest.raises(api.SealChanged):
        api.hand_over(
            seal_id=seal.pk,
            to=to,
            basis=" " if fault == "no basis" else "交接",
            seen_version=seal.version + (fault == "stale"),
            by=cast.security_admin,
            at=cast.at,
        )


def test_two_custodians_at_once_are_refused_by_the_database(cast: Any, seal: Seal) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SealCustody.objects.create(seal=seal, custodian_id=cast.clerk.party_id, starts_at=cast.at, basis="x")


def test_a_suspended_seal_comes_back_and_a_retired_one_does_not(cast: Any, seal: Seal) -> None:
    def change(to: str) -> None:
        seal.refresh_from_db()
        api.change_state(
            seal_id=seal.pk,
            to=to,
            reason="盘点",
            seen_version=seal.version,
            by=cast.security_admin,
            at=cast.at,
        )

    change("suspended")
    change("active")
    change("retired")
    for after in ("active", "suspended"):
        with pytest.raises(api.SealChanged):
            change(after)
    with pytest.raises(api.SealChanged):
        api.hand_over(
            seal_id=seal.pk,
            to=cast.clerk.party_id,
            basis="x",
            seen_version=seal.version,
            by=SYSTEM,
            at=cast.at,
        )


def test_a_change_of_state_needs_a_reason(cast: Any, seal: Seal) -> None:
    with pytest.raises(api.SealChanged):
        api.change_state(
            seal_id=seal.pk, to="suspended", reason="", seen_version=seal.version, by=SYSTEM, at=cast.at
        )


@pytest.mark.parametrize(("before", "state"), [(31, "ok"), (29, "warn"), (0, "fail")])
def test_a_certificate_that_runs_out_is_told(seal: Seal, before: int, state: str) -> None:
    """31 days before its end nothing is said, 29 days before it is a warning, afterwards a fault."""
    ends = x509.load_pem_x509_certificate(seal.certificate.encode()).not_valid_after_utc
    found = panels.check_certificates(at=ends - timedelta(days=before))
    assert found.state == state
    assert (seal.code in found.message) == (state != "ok")
    seal.state = "retired"
    seal.save()
    assert panels.check_certificates(at=ends).state == "ok"
