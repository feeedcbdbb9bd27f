"""Servers of one data folder that start at once: neither trips over the other."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.core import management

from jingkai.config import serving
from jingkai.config.environment import environment


def test_styles_are_collected_by_one_of_them_while_the_others_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "STATIC_ROOT", tmp_path / "static")
    inside = threading.Semaphore(1)
    runs = []

    def collect(*_given: object, **_named: object) -> None:
        assert inside.acquire(blocking=False), "two collect at once"
        settings.STATIC_ROOT.mkdir(exist_ok=True)
        time.sleep(0.05)
        runs.append(1)
        inside.release()

    monkeypatch.setattr(management, "call_command", collect)
    with ThreadPoolExecutor(4) as servers:
        list(servers.map(lambda _number: serving.collect_static(), range(4)))
    assert len(runs) == 1


def test_the_measurements_of_one_server_survive_the_start_of_another(tmp_path: Path) -> None:
    first, second = (replace(environment(), home=tmp_path / "home", port=port) for port in (8001, 8002))
    kept = serving.fresh_metrics_folder(first) / "counter_1.db"
    kept.write_bytes(b"x")
    other = serving.fresh_metrics_folder(second)
    assert kept.exists()
    assert other.is_dir()
    serving.fresh_metrics_folder(first)
    assert not kept.exists()
