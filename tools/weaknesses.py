"""Known weaknesses in locked packages: `python -m tools.weaknesses`.

Asks the public service by pip-audit. Where that cannot be reached it says so, and checks what can be checked
without it: that the installed packages fit together and are exactly the locked ones.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "dev.txt"
PINNED = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(\[[^]]*\])?==(?P<version>[^ ;\\]+)\s*(;\s*(?P<marker>[^\\]+))?", re.M
)
UNREACHABLE: tuple[str, ...] = (
    "ConnectionError",
    "Max retries",
    "Connection refused",
    "timed out",
    "Name or service not known",
)
UNREACHABLE += ("NewConnectionError", "ServiceError", "ProxyError", "Temporary failure", "SSLError")


def main() -> int:
    """Exit 1 when a weakness is known, or when the installed packages are not the locked ones."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip"]
    command += ["--require-hashes", "--progress-spinner", "off", "--timeout", "15"]
    result = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if result.returncode == 0:
        print("No known weakness in the locked packages.")
        return 0
    if not any(word in result.stderr for word in UNREACHABLE):
        print(result.stdout, result.stderr, sep="\n")
        return 1
    print("NOT CHECKED: the service of known weaknesses cannot be reached from here. Checked instead:")
    return check_installed()


def check_installed() -> int:
    """See that what is installed fits together and is what the lock file says."""
    fits = subprocess.run([sys.executable, "-m", "pip", "check"], check=False, capture_output=True, text=True)
    faults = list(_differences())
    for line in [*([] if fits.returncode == 0 else [fits.stdout.strip()]), *faults]:
        print(line)
    if fits.returncode == 0 and not faults:
        print("  the installed packages fit together and are the locked ones.")
    return 1 if fits.returncode or faults else 0


def _differences() -> Iterator[str]:
    installed = {canonicalize_name(item.metadata["Name"]): item.version for item in distributions()}
    for found in PINNED.finditer(LOCK.read_text(encoding="utf-8")):
        name, marker = canonicalize_name(found["name"]), found["marker"]
        if marker and not Marker(marker.strip()).evaluate():
            continue
        if installed.get(name) != found["version"]:
            yield f"{name}: locked {found['version']}, installed {installed.get(name, 'not at all')}"


if __name__ == "__main__":
    sys.exit(main())
