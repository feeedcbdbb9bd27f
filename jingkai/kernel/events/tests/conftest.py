"""These tests look at their own stratum: what accounts ask of a signed-in person stays out of the way."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _without_accounts(settings: Any) -> None:
    higher = "jingkai.kernel.accounts.middleware"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith(higher)]
