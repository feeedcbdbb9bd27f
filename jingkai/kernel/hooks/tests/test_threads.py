"""A thread's language, zone and table of addresses stay its own."""

from __future__ import annotations

import threading

from django.utils import timezone, translation

from jingkai.kernel.hooks.queries.threads import STORES, remember_by_thread


def test_the_stores_are_plain_and_keep_what_they_hold() -> None:
    with translation.override("en"):
        remember_by_thread()
        assert translation.get_language() == "en"
    assert all(isinstance(getattr(module, name), threading.local) for module, name in STORES)


def test_what_one_thread_sets_no_other_sees() -> None:
    seen: list[tuple[str | None, str]] = []

    def other() -> None:
        with translation.override("en"), timezone.override("America/Lima"):
            seen.append((translation.get_language(), timezone.get_current_timezone_name()))

    with translation.override("zh-hans"), timezone.override("Asia/Shanghai"):
        worker = threading.Thread(target=other)
        worker.start()
        worker.join()
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))
    assert seen == [("en", "America/Lima"), ("zh-hans", "Asia/Shanghai")]
