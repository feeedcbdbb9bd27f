"""Sending stored bytes: safe headers, one range, no more memory than a block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotModified,
    StreamingHttpResponse,
)
from django.utils.http import content_disposition_header

from jingkai.records.files import queries
from jingkai.records.files.models import StoredFile
from jingkai.records.files.rules.catalogue import KINDS

BLOCK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_LOCKED = "default-src 'none'; frame-ancestors 'none'; sandbox"
_VIEWER = "default-src 'none'; img-src 'self'; object-src 'self'; base-uri 'none'; frame-ancestors 'none'"
"""Older browsers show a PDF by an object of their own, and none in a sandbox."""


def send_file(
    request: HttpRequest, stored: StoredFile, *, name: str, inline: bool = False
) -> HttpResponseBase:
    """Send a stored file; only kinds that are safe in a browser may be shown in it.

    A file never runs as a page of ours: its type is the one found when it came in, browsers may not guess
    another, and scripts in it are locked away.
    """
    kind = KINDS.get(stored.kind)
    inline = inline and kind is not None and kind.inline
    etag = f'"{stored.sha256}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    part = _range(request, stored.size, etag)
    if part is None:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
    start, end = part
    response = StreamingHttpResponse(
        _blocks(queries.open_stored(stored, start), end - start), content_type=stored.media_type
    )
    if (start, end) != (0, stored.size):
        response.status_code = 206
        response["Content-Range"] = f"bytes {start}-{end - 1}/{stored.size}"
    response["Content-Length"] = str(end - start)
    response["Content-Disposition"] = content_disposition_header(not inline, name) or "attachment"
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _VIEWER if inline and stored.kind == "pdf" else _LOCKED
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def is_beginning(request: HttpRequest) -> bool:
    """Tell a reading from the later parts of one: browsers fetch a long file in ranges."""
    asked = request.headers.get("Range", "")
    return request.method == "GET" and (not asked or asked.startswith("bytes=0-"))


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Give start and end of what is asked for; all of it without a range; None beyond the end."""
    asked = request.headers.get("Range", "")
    found = _RANGE.fullmatch(asked)
    if not found or found.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return 0, size
    first, last = found.groups()
    if first == "":
        length = min(int(last), size)
        return (size - length, size) if length else None
    start, end = int(first), min(int(last) + 1, size) if last else size
    return (start, end) if start < end else None


def _blocks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    with stream:
        while length > 0 and (block := stream.read(min(BLOCK, length))):
            length -= len(block)
            yield block
