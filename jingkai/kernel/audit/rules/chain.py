"""The fingerprint of an entry: SM3 over its canonical JSON, which includes the fingerprint before it.

GB/T 32905 names SM3. The canonical form is sorted, without spaces, in UTF-8, and holds only what survives a
round trip through the database unchanged: text, whole numbers, true/false, null, lists and objects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

FIRST = "0" * 64
"""What stands before the first entry of every chain."""

FORMAT = 1


class Chained(Protocol):
    """What an entry must know to be fingerprinted."""

    stream_kind: Any
    stream_id: Any
    sequence: Any
    at: Any
    actor_id: Any
    actor_kind: Any
    actor_mark: Any
    user_id: Any
    for_id: Any
    action: Any
    facts: Any
    result: Any
    ip: Any
    request_id: Any
    agent: Any
    previous_hash: Any


def canonical(value: Mapping[str, Any]) -> bytes:
    """Give the one way to write this value."""
    return _WRITER.encode(value).encode("utf-8", "surrogatepass")


_WRITER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(value: Mapping[str, Any]) -> str:
    """Give the SM3 fingerprint of a value's canonical form, as 64 hexadecimal digits."""
    return hashlib.new("sm3", canonical(value)).hexdigest()


def fingerprint(entry: Chained, *, sequence: int | None = None) -> str:
    """Give the fingerprint that an entry must carry, or would carry under another number."""
    return digest(
        {
            "format": FORMAT,
            "stream": [entry.stream_kind, entry.stream_id],
            "sequence": entry.sequence if sequence is None else sequence,
            "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": [entry.actor_id, entry.actor_kind, entry.actor_mark, entry.user_id],
            "for": entry.for_id,
            "action": entry.action,
            "facts": entry.facts,
            "result": entry.result,
            "origin": [entry.ip, entry.request_id, entry.agent],
            "previous": entry.previous_hash,
        }
    )


def plain(value: Any) -> Any:
    """Turn a fact into what the canonical form allows; what has no exact form is written as text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {_text(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(part) for part in value), key=repr)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    written = str(value).replace("\x00", "�")
    return written.encode("utf-8", "replace").decode("utf-8")
