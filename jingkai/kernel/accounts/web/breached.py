"""A list of breached passwords that the zone keeps on the machine: nothing about a password leaves it.

The file is the one that Have I Been Pwned gives for use without a network: lines `SHA-1:count`, in the order
of the hash. It may have a hundred gigabytes: it is searched where it lies, by halving.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

HASH_LENGTH = 40


def is_breached(password: str, path: Path | None) -> bool:
    """Whether the list holds a password; without a list none is."""
    if path is None:
        return False
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()
            line = file.readline()
            found = line[:HASH_LENGTH].upper()
            if line and found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = file.tell()
        return False
