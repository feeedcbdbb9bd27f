"""Fixtures of every app, offered to every test; the database behind them is `jingkai.config.testing`."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from hypothesis import HealthCheck
from hypothesis import settings as properties
from hypothesis.internal.conjecture import providers

from jingkai.config.testing import database_server, database_template, django_db_setup

__all__ = ["database_server", "database_template", "django_db_setup"]

properties.register_profile("anywhere", deadline=None, suppress_health_check=[HealthCheck.too_slow])
properties.load_profile("anywhere")  # a busy machine is slow in drawing examples, too

providers._get_local_constants = lambda: providers._local_constants
"""Examples are not drawn from the product's own constants: for them each process of each run would parse all
fifteen hundred modules, and what depends on a number of ours has a test at that number."""

pytest_plugins = [f"{app}.testing" for app in settings.PRODUCT_APPS if find_spec(f"{app}.testing")]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case of raw bytes by its argument: archives made on the spot differ from process to process."""
    return argname if isinstance(val, bytes) else None
