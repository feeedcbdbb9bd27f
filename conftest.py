"""Fixtures of every app, offered to every test; the database behind them is `jingkai.config.testing`.

Long files come first, and a failure is named at once, not only at the end of a long run.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

import pytest
from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as properties
from hypothesis.internal.conjecture import providers

from jingkai.config.testing import database_server, database_template, django_db_setup

__all__ = ["database_server", "database_template", "django_db_setup"]

LONG = (
    "tests/drills/",
    "jingkai/config/tests/test_demonstration.py",
    "tests/journeys/",
    "jingkai/casework/cases/tests/test_matrix.py",
    "tests/architecture/test_fields.py",
    "tests/architecture/test_ownership.py",
    "tests/architecture/test_pages.py",
    "jingkai/config/tests/test_embedded.py",
    "tests/architecture/test_twice.py",
    "jingkai/casework/inbox/tests/test_scale.py",
    "jingkai/modules/approvals/",
)
"""Files of minutes come first, so that at the end no worker is left alone with one of them."""

properties.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("anywhere")  # a busy machine is slow in drawing examples, too

providers._get_local_constants = lambda: providers._local_constants
"""Examples are not drawn from the product's own constants: for them each process of each run would parse all
fifteen hundred modules, and what depends on a number of ours has a test at that number."""

pytest_plugins = [f"{app}.testing" for app in settings.PRODUCT_APPS if find_spec(f"{app}.testing")]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of raw bytes by its argument: archives made on the spot differ from process to process."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files."""
    items.sort(
        key=lambda item: next((at for at, path in enumerate(LONG) if item.nodeid.startswith(path)), 99)
    )


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failure at once, on the side that watches the workers."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stderr.write(f"\n{report.nodeid} failed in its {report.when}\n")
