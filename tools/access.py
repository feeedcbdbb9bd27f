"""Write the matrix of who may open which address anew, as the views declare it: `python -m tools.access`.

The build holds the views against the matrix, so a change of a guard has to be made in two places, and is seen
in a review.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import django


def main() -> int:
    """Write the lists of docs/security: access, scopes, fields, combinations; say how long they are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jingkai.config.settings")
    django.setup()
    from tests.architecture import matrix, scopes

    listing = import_module("tests.architecture.listing")  # it reads tests, whose types nobody checks

    print(f"{matrix.write()} addresses in {matrix.MATRIX.name}")
    print(f"{scopes.write()} operations in {scopes.SCOPES.name}")
    fields, combinations = listing.write()
    print(f"{fields} fields in {listing.FIELDS.name}, {combinations} rules in {listing.COMBINATIONS.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
