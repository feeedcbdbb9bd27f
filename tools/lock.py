"""Renew the lock files: `python -m tools.lock`.

They name no index address, and both hold the same versions.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPTIONS: tuple[str, ...] = (
    "--quiet",
    "--generate-hashes",
    "--no-emit-index-url",
    "--universal",
    "--python-version",
    "3.11",
)
OPTIONS += ("--no-emit-find-links", "--custom-compile-command", "make lock")


def main() -> int:
    """Resolve what the product needs, then what its makers need beside it."""
    compile_lock("requirements/run.in", output="requirements/run.txt")
    compile_lock(
        "requirements/run.in",
        "requirements/dev.in",
        "-c",
        "requirements/run.txt",
        output="requirements/dev.txt",
    )
    compile_lock("requirements/standin.in", output="requirements/standin.txt")
    return 0


def compile_lock(*sources: str, output: str) -> None:
    """Write one lock file with the hashes of every file that may be installed."""
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "pip", "compile", *OPTIONS, *sources, "--output-file", output], check=True, cwd=ROOT)


if __name__ == "__main__":
    raise SystemExit(main())
