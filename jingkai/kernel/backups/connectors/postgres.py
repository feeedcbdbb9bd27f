"""PostgreSQL's own programs: base backup, verification, and the stream of its log."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from jingkai.kernel.backups.data import DATABASE, BackupFailed, BackupRefused, Server, Tell

_PROGRESS = re.compile(r"(\d+)/(\d+) kB")
SLOT = "jingkai_follow"


def base_backup(server: Server, folder: Path, tell: Tell) -> None:
    """Copy the running server into compressed archives, with the log that makes the copy whole.

    `pg_basebackup` streams the log on a second connection while it copies, so that no setting of the server
    and no amount of writing can leave a gap.
    """
    options = ["-D", str(folder), "-F", "tar", "-Z", "client-gzip:1", "-X", "stream", "-c", "fast"]
    command = [str(server.programs / "pg_basebackup"), "-d", server.words(), *options]
    with subprocess.Popen(
        [*command, "--manifest-checksums=SHA256", "-P", "-w"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(server),
        text=True,
    ) as process:
        assert process.stderr is not None
        said = ""
        for line in process.stderr:
            if found := _PROGRESS.search(line):
                tell(DATABASE, int(found[1]) * 1024, int(found[2]) * 1024)
            else:
                said += line
    if process.returncode:
        raise BackupFailed(
            f"PostgreSQL made no base backup: {said.strip()}",
            "The role needs the attribute REPLICATION and a line “replication” in pg_hba.conf.",
        )


def verify_data(programs: Path, data: Path) -> None:
    """Let PostgreSQL itself compare an unpacked base backup with its own list, log included."""
    command = [str(programs / "pg_verifybackup"), "-q", str(data)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    if done.returncode:
        raise BackupRefused(DATABASE, f"PostgreSQL does not accept it: {done.stderr.strip()[:500]}")


def receive_log(server: Server, folder: Path) -> subprocess.Popen[bytes]:
    """Start writing the server's log into a folder as it comes; a slot keeps what was not yet fetched."""
    common = [str(server.programs / "pg_receivewal"), "-d", server.words(), "-w", "-D", str(folder)]
    made = subprocess.run(
        [*common, "--slot", SLOT, "--create-slot", "--if-not-exists"],
        check=False,
        capture_output=True,
        text=True,
        env=environment(server),
    )
    if made.returncode:
        raise BackupFailed(f"PostgreSQL does not hand out its log: {made.stderr.strip()}")
    return subprocess.Popen(
        [*common, "--slot", SLOT, "--status-interval", "2"],
        stdin=subprocess.DEVNULL,
        env=environment(server),
    )


def environment(server: Server) -> dict[str, str]:
    """What the programs are told: the password, and no settings of whoever started us."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGPASSWORD": server.password, "PGTZ": "UTC"}
