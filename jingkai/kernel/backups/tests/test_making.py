"""A backup is whole or is not there; what two backups share lies on the disk once."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, pem
from asn1crypto import keys as key_forms
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7
from django.utils import timezone

from jingkai.kernel.audit import api as audit
from jingkai.kernel.backups.connectors import keys
from jingkai.kernel.backups.data import CERTIFICATE, KEYS, BackupFailed, BackupRefused, Home, Made
from jingkai.kernel.backups.operations import following, making, opening
from jingkai.kernel.backups.tests.conftest import PASSPHRASE, store
from jingkai.kernel.permissions.data import SYSTEM

BackUp = Callable[..., Made]


def test_a_backup_holds_files_checkpoints_database_and_locked_keys(
    back_up: BackUp, home: Home, recovery: tuple[bytes, bytes], tmp_path: Path
) -> None:
    made = back_up("one")
    assert opening.prove(made.folder).about["keys"] == KEYS
    assert len(made.manifest.entries) == 2 + 1 + 3 + 1
    assert b"s3cret" not in (made.folder / KEYS).read_bytes()
    archive = keys.unlock((made.folder / KEYS).read_bytes(), recovery[0], PASSPHRASE)
    keys.unpack(archive, tmp_path / "new")
    assert (tmp_path / "new" / "secrets" / "secret-key").read_text() == "s3cret"
    assert [path.name for path in made.folder.parent.iterdir()] == ["one"]


def test_openssl_opens_the_keys_without_this_product(
    back_up: BackUp, recovery: tuple[bytes, bytes], tmp_path: Path
) -> None:
    made = back_up("one")
    (tmp_path / "recovery.pem").write_bytes(recovery[0])
    command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-in", str(made.folder / KEYS)]
    command += ["-inkey", str(tmp_path / "recovery.pem"), "-passin", f"pass:{PASSPHRASE}"]
    assert b"s3cret" in subprocess.run(command, capture_output=True, check=True).stdout


def test_the_key_of_the_archive_is_wrapped_by_oaep(back_up: BackUp) -> None:
    envelope = cms.ContentInfo.load((back_up("one").folder / KEYS).read_bytes())["content"]
    (recipient,) = envelope["recipient_infos"]
    wrapping = recipient.chosen["key_encryption_algorithm"]
    assert wrapping["algorithm"].native == "rsaes_oaep"
    assert wrapping["parameters"]["hash_algorithm"]["algorithm"].native == "sha256"


def test_archives_of_earlier_releases_are_opened(recovery: tuple[bytes, bytes]) -> None:
    earlier = (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(b"old keys")
        .add_recipient(x509.load_pem_x509_certificate(recovery[1]))
        .set_content_encryption_algorithm(algorithms.AES256)
        .encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    )
    assert keys.unlock(earlier, recovery[0], PASSPHRASE) == b"old keys"


def test_the_passphrase_of_the_recovery_key_is_stretched(recovery: tuple[bytes, bytes]) -> None:
    _kind, _headers, der = pem.unarmor(recovery[0], multiple=True).__next__()
    told = key_forms.EncryptedPrivateKeyInfo.load(der)["encryption_algorithm"]["parameters"]
    derivation = told["key_derivation_func"]
    assert derivation["algorithm"].native == "pbkdf2"
    assert derivation["parameters"]["iteration_count"].native >= 600_000


def test_what_is_no_archive_or_was_cut_is_told(recovery: tuple[bytes, bytes]) -> None:
    locked = keys.lock(b"keys", recovery[1])
    for spoilt in (b"", b"junk", locked[:-20], locked[:300] + b"x" + locked[301:]):
        with pytest.raises(BackupFailed, match="does not open"):
            keys.unlock(spoilt, recovery[0], PASSPHRASE)


def test_a_wrong_passphrase_opens_nothing(back_up: BackUp, recovery: tuple[bytes, bytes]) -> None:
    made = back_up("one")
    with pytest.raises(BackupFailed, match="does not open"):
        keys.unlock((made.folder / KEYS).read_bytes(), recovery[0], "guessed")


def test_files_of_a_bucket_are_taken_too(
    back_up: BackUp, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {hashlib.sha256(text).hexdigest(): text for text in (b"far", b"two")}
    wrong, gone = "a" * 64, "b" * 64

    class Bucket:
        def list_keys(self) -> Iterator[str]:
            yield from (*contents, wrong, gone)

        def copy(self, key: str, target: Path) -> str | None:
            if key == gone:
                return None
            target.write_bytes(contents.get(key, b"altered"))
            return hashlib.sha256(target.read_bytes()).hexdigest()

        def since(self, mark: int) -> tuple[list[str], int]:
            return [], mark

    monkeypatch.setattr(making, "newest_before", lambda folder: None)
    made = back_up("one", home=replace(home, elsewhere=Bucket()))
    kept = {path.name for path in (made.folder / "files").rglob("*") if path.is_file()}
    assert kept == {*contents, hashlib.sha256(b"one").hexdigest()}
    assert made.damaged == (wrong,)
    opening.prove(made.folder)


def test_files_of_the_backup_before_are_shared(back_up: BackUp, home: Home) -> None:
    one = back_up("one")
    store(home, b"three")
    two = back_up("two")
    assert (one.linked, two.linked) == (0, 2)
    assert {entry.path for entry in one.manifest.entries} < {entry.path for entry in two.manifest.entries}
    opening.prove(two.folder)


def test_a_file_damaged_here_is_taken_from_the_backup_before_or_named(back_up: BackUp, home: Home) -> None:
    path = store(home, b"rare")
    back_up("one")
    path.write_bytes(b"rot!")
    assert back_up("two").damaged == ()
    lost = store(home, b"lost")
    lost.write_bytes(b"gone")
    three = back_up("three")
    assert three.damaged == (lost.name,)
    opening.prove(three.folder)


def test_a_backup_that_breaks_off_leaves_nothing(
    back_up: BackUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "base_backup", full)
    with pytest.raises(OSError, match="No space"):
        back_up("one")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_folder_with_something_in_it_is_not_touched(back_up: BackUp) -> None:
    made = back_up("one")
    with pytest.raises(BackupFailed, match="not empty"):
        back_up("one")
    opening.prove(made.folder)


def test_without_recovery_key_the_keys_need_a_place(back_up: BackUp, home: Home, tmp_path: Path) -> None:
    (home.keys / CERTIFICATE).unlink()
    with pytest.raises(BackupFailed, match="no recovery key"):
        back_up("one")
    made = back_up("one", keys_place=tmp_path / "safe")
    assert not (made.folder / KEYS).exists()
    assert (tmp_path / "safe" / "one-keys.tar").stat().st_mode & 0o077 == 0


def test_every_flipped_byte_of_the_manifest_is_refused(back_up: BackUp) -> None:
    """The manifest guards all others, so every single byte of it is tried."""
    made = back_up("one")
    path = made.folder / "manifest.json"
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(BackupRefused) as error:
            opening.prove(made.folder)
        assert error.value.path == "manifest.json"


@pytest.mark.django_db
def test_checkpoints_that_another_machine_signed_are_in_the_backup(
    back_up: BackUp, home: Home, bucket: Any, settings: Any
) -> None:
    (home.checkpoints / "000000000001.jsonl").unlink()
    settings.CHECKPOINTS_FOLDER = home.home / "other"
    audit.record(("cases.case", 1), action="case.step", by=SYSTEM, at=timezone.now())
    audit.write_checkpoints(at=timezone.now())
    settings.CHECKPOINTS_FOLDER = home.checkpoints
    made = back_up("one")
    assert (made.folder / "checkpoints" / "000000000001.jsonl").read_bytes().count(b"\n") == 1
    settings.FILES_SECRET = "wrong"
    with pytest.raises(BackupFailed):
        back_up("two")


def test_checkpoints_signed_after_the_backup_are_kept_and_laid_out(home: Home, tmp_path: Path) -> None:
    path, log = home.checkpoints / "000000000001.jsonl", tmp_path / "log"
    assert following.take_checkpoints(home.checkpoints, log / "checkpoints") == 1
    assert following.take_checkpoints(home.checkpoints, log / "checkpoints") == 0
    with path.open("a") as file:
        file.write('{"number":3}\n')
    path.with_name("000000000004.jsonl").write_text('{"number":4}\n')
    assert following.take_checkpoints(home.checkpoints, log / "checkpoints") == 2
    restored = tmp_path / "restored"
    (restored / "checkpoints").mkdir(parents=True)
    (restored / "checkpoints" / path.name).write_text('{"number":1}\n')
    opening.log_since(log, home=restored, wal=tmp_path / "wal")
    assert [one.read_text().count("\n") for one in sorted((restored / "checkpoints").iterdir())] == [3, 1]


def test_checkpoints_of_later_entries_are_set_aside(home: Home) -> None:
    path = home.checkpoints / "000000000001.jsonl"
    assert opening.set_aside(home.home, known=1) == 1
    assert path.read_text() == '{"number":1}\n'
    assert (home.checkpoints / "set-aside" / path.name).read_text() == '{"number":2}\n'
    assert opening.set_aside(home.home, known=1) == 0
