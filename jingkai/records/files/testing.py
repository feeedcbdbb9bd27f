"""A folder for files, and files of every kind, for tests."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jingkai.records.files.connectors.bucket import BucketStore
from jingkai.records.files.data import OwnerKind
from jingkai.records.files.models import bucket_store
from jingkai.records.files.rules.owners import owners

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def files_folder(tmp_path: Path, settings: Any) -> Path:
    """Keep the files of every test in a folder of its own."""
    folder = tmp_path / "files"
    settings.FILES_FOLDER, settings.FILES_URL = folder, ""
    return folder


def zipped(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Pack entries into a ZIP."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def owning(kind: OwnerKind) -> AbstractContextManager[None]:
    """Know a kind of owner for the length of a block."""
    return owners.including(kind)


@pytest.fixture
def sign_in(cast: Any, client: Any) -> Any:
    """Log members of the cast in: `client = sign_in("clerk")`; the login is `client.user`."""
    from jingkai.kernel.accounts.testing import log_in

    def enter(name: str) -> Any:
        client.user = log_in(client, cast.actor(name))
        return client

    return enter


STAND_IN = Path(sys.prefix) / "standin" / "bin" / "python"
SERVER = """
import json, logging, os, sys
os.environ.update(INITIAL_NO_AUTH_ACTION_COUNT="3", AWS_ACCESS_KEY_ID="-", AWS_SECRET_ACCESS_KEY="-")
os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
import boto3
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
url = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
people = boto3.client("iam", endpoint_url=url)
people.create_user(UserName="jingkai")
allowed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
people.put_user_policy(UserName="jingkai", PolicyName="files", PolicyDocument=json.dumps(allowed))
key = people.create_access_key(UserName="jingkai")["AccessKey"]
name, secret = key["AccessKeyId"], key["SecretAccessKey"]
files = boto3.client("s3", endpoint_url=url, aws_access_key_id=name, aws_secret_access_key=secret)
files.create_bucket(Bucket="zone")
print(json.dumps({"address": url, "key": name, "secret": secret}), flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, slots=True)
class S3Server:
    """A server that speaks S3, refuses wrong signatures, and has one empty bucket called `zone`."""

    address: str
    key: str
    secret: str

    def url(self, prefix: str) -> str:
        """The address of a place of its own in the bucket."""
        return f"{self.address}/zone/{prefix}"

    def variables(self, prefix: str) -> dict[str, str]:
        """What a process is told that keeps its files there."""
        told = {"URL": self.url(prefix), "KEY": self.key, "SECRET": self.secret}
        return {f"JINGKAI_FILES_{name}": value for name, value in told.items()}


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """moto's server in a process of its own (requirements/standin.txt)."""
    process = subprocess.Popen(
        [STAND_IN, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield S3Server(**json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(timeout=10)


@pytest.fixture
def bucket(s3_server: S3Server, settings: Any, files_folder: Path) -> BucketStore:
    """Keep the files of a test in a place of its own in the bucket."""
    settings.FILES_URL, settings.FILES_KEY = s3_server.url(files_folder.parent.name), s3_server.key
    settings.FILES_SECRET, settings.FILES_CACHE_BYTES = s3_server.secret, 1024 * 1024
    found = bucket_store()
    assert isinstance(found, BucketStore)
    return found
