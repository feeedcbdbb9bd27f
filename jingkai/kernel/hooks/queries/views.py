"""Many questions, one view of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from jingkai.kernel.hooks.queries.replicas import reading_connection


@contextmanager
def one_view() -> Iterator[None]:
    """One view of the data for the length of a block; nothing can be written in it.

    Inside another transaction it is the view that one has.
    """
    here = reading_connection()
    with transaction.atomic(using=here.alias):
        if not here.savepoint_ids:
            with here.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
