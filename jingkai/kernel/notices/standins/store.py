"""The messages that a stand-in took in: one JSON file each, the newest ones kept."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

KEPT = 300
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class MessageStore:
    """A folder of messages; a message with a known id takes the place of the former, as in a mailbox."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder, self.kept = folder, kept
        self._lock = threading.Lock()

    def put(self, channel: str, id_: str, message: Mapping[str, Any]) -> bool:
        """Keep a message; False when one with this id was there (it was a repetition)."""
        name = f"{channel}-{_UNSAFE.sub('_', id_)[:100]}.json"
        with self._lock:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / name
            known = json.loads(path.read_text("utf-8")) if path.exists() else {}
            entry = {
                **message,
                "channel": channel,
                "id": id_,
                "received": known.get("received", time.time()),
                "times": known.get("times", 0) + 1,
            }
            draft = path.with_suffix(".part")
            draft.write_text(json.dumps(entry, ensure_ascii=False, indent=1), "utf-8")
            draft.replace(path)
            self._forget()
        return not known

    def _forget(self) -> None:
        paths = sorted(self.folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in paths[self.kept :]:
            path.unlink(missing_ok=True)

    def all(self) -> list[dict[str, Any]]:
        """Give the messages, newest first."""
        found = []
        for path in self.folder.glob("*.json"):
            try:
                found.append(json.loads(path.read_text("utf-8")))
            except (OSError, ValueError):
                continue
        return sorted(found, key=lambda message: message["received"], reverse=True)
