"""The test database: real roles, clean after every test, whatever the test did."""

from __future__ import annotations

import threading

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection


@pytest.mark.django_db
def test_tests_run_as_the_products_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == ("jingkai_app", False)


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_committing_test_leaves_nothing_behind(turn: int) -> None:
    def write() -> None:
        ContentType.objects.create(app_label="left", model="behind")
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert ContentType.objects.filter(app_label="left").count() == 1
