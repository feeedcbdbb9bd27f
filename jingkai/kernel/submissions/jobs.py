"""Background work; registered by name through the kernel's hooks, because the queue stands above."""

from __future__ import annotations

from django.utils import timezone

from jingkai.kernel.submissions import operations


def clean() -> None:
    """Forget what need not be remembered any more."""
    operations.delete_old_rows(at=timezone.now())
