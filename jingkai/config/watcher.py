"""Stop the embedded server when its last user is gone, even one that was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
from pathlib import Path

from jingkai.config.embedded import EmbeddedServer


def main() -> None:
    """Wait as the only watcher of one data folder, then stop its server."""
    home = Path(sys.argv[1])
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    lock = os.open(home / "postgres.watcher", os.O_RDWR | os.O_CREAT, 0o600)
    with contextlib.suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        server = EmbeddedServer(home)
        server.wait_until_unused()
        while not server.stop_unless_used():
            server.wait_until_unused()


if __name__ == "__main__":
    main()
