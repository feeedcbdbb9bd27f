"""Signing a call to an S3 service (AWS Signature Version 4), with the standard library alone.

The service proves by it who calls, and that method, address, headers and body arrived as they were sent.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()
"""The digest of a body that there is not."""


@dataclass(frozen=True, slots=True)
class Key:
    """Who calls: an access key with its secret, in a region of the service."""

    name: str
    secret: str
    region: str


def signed(
    *, key: Key, method: str, url: str, host: str, headers: Mapping[str, str], digest: str, at: datetime
) -> dict[str, str]:
    """Give the headers of a call with its signature; `digest` is the SHA-256 of the body, in hexadecimal.

    `host` is the header as the call will bear it; every header given is signed.
    """
    moment = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    told = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    told |= {"host": host, "x-amz-content-sha256": digest, "x-amz-date": moment}
    names = ";".join(sorted(told))
    scope = f"{moment[:8]}/{key.region}/s3/aws4_request"
    request = hashlib.sha256(_canonical(method, url, told, digest).encode()).hexdigest()
    words = "\n".join((ALGORITHM, moment, scope, request))
    signature = hmac.new(_signing_key(key, moment[:8]), words.encode(), hashlib.sha256).hexdigest()
    authorization = f"{ALGORITHM} Credential={key.name}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**told, "authorization": authorization}


def query_of(pairs: Mapping[str, str]) -> str:
    """Write the query of an address in the one form that is signed: sorted, escaped."""
    return "&".join(sorted(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs.items()))


def _canonical(method: str, url: str, headers: Mapping[str, str], digest: str) -> str:
    parts = urlsplit(url)
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    query = query_of(dict(parse_qsl(parts.query, keep_blank_values=True)))
    return "\n".join((method, parts.path or "/", query, lines, ";".join(sorted(headers)), digest))


def _signing_key(key: Key, day: str) -> bytes:
    made = f"AWS4{key.secret}".encode()
    for word in (day, key.region, "s3", "aws4_request"):
        made = hmac.new(made, word.encode(), hashlib.sha256).digest()
    return made


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")
