"""What drills need: processes of their own on the database of the test, and how to end them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import connection


def database_url() -> str:
    """The address of the test's own database, for another process."""
    told = connection.settings_dict
    user, password, name = (quote(str(told[key]), safe="") for key in ("USER", "PASSWORD", "NAME"))
    query = urlencode({"host": str(told["HOST"]), "port": str(told["PORT"])})
    return f"postgresql://{user}:{password}@localhost/{name}?{query}"


@pytest.fixture
def surroundings(hall: object, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """The environment of a process that works in the test's database: `surroundings(PORT="8123")`."""

    def make(**more: str) -> dict[str, str]:
        given: Mapping[str, str] = {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "jingkai.config.settings",
            "JINGKAI_LOG_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **given, **more}

    return make
