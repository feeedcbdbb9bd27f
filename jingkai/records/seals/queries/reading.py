"""The way to the reader of signatures, whose libraries are loaded when the first paper is read.

They take longer to load than anything else in the product, and a start after a crash shall not wait for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from jingkai.records.seals.data import SignatureReport


def verify_pdf(pdf: bytes, *, trusted: Iterable[bytes]) -> list[SignatureReport]:
    """Report on every signature of a PDF, oldest first; an empty list where it carries none.

    Raises `UnreadablePdf` for what is no PDF or is cut off.
    """
    from jingkai.records.seals.queries import verification

    return verification.verify_pdf(pdf, trusted=trusted)


def page_contents(pdf: bytes) -> list[str]:
    """What each page shows, as a digest, without its seals. Raises `UnreadablePdf`."""
    from jingkai.records.seals.queries import verification

    return verification.page_contents(pdf)
