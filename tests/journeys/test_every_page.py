"""Every page that shows anything, looked at: in both languages, wide and narrow, by axe and by a camera.

The pages are those of the walk over fields, each read as somebody who may open it; `make pictures` leaves
the pictures in `build/journeys/every-page/`.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from jingkai.kernel.audit.testing import refusals_unnoted
from jingkai.modules.approvals.testing import Hall
from tests.architecture.looking import Looking, Reader, page_at
from tests.architecture.things import TODAY
from tests.journeys.chromium import Camera, Visitor

pytestmark = [pytest.mark.drill, pytest.mark.long, pytest.mark.django_db(transaction=True)]
FEWEST = 200
"""So many pages at least; fewer would mean that the walk no longer finds them."""


def test_every_page_is_sound_in_both_languages_at_both_widths(
    hall: Hall, live_server: Any, request: pytest.FixtureRequest
) -> None:
    """No page is wider than its screen, none has a fault that axe knows, none a script that fails."""
    looking = Looking(hall)
    hall.travel(TODAY, tick=True)
    with refusals_unnoted():
        looking.walk()
        shown = _shown(looking)
    browser: Browser = request.getfixturevalue("browser")  # not before: it has a loop, as sealing does
    camera = Camera("every-page", every=True)
    for name, (reader, path) in sorted(shown.items()):
        looking.become(reader)
        visitor = Visitor(browser, live_server.url)
        for kept in looking.client.cookies.values():
            visitor.context.add_cookies([{"name": kept.key, "value": kept.value, "url": live_server.url}])
        try:
            page = visitor.go(path)
            camera.shoot(page, name.replace(":", "-"), leaving=True)
        finally:
            visitor.context.close()
        camera.faults += [f"{name} {path}: {error}" for error in visitor.errors]
    assert len(shown) >= FEWEST
    assert not camera.faults, "\n".join(camera.faults)


def _shown(looking: Looking) -> dict[str, tuple[Reader, str]]:
    """One whole page for each name: what is a file, a fragment or an answer to a program is none."""
    found: dict[str, tuple[Reader, str]] = {}
    for (reader, path), seen in looking.seen.items():
        name = str(page_at(path))
        if seen.status == 200 and name not in found and _is_whole(looking, reader, path):
            found[name] = reader, path
    return found


def _is_whole(looking: Looking, reader: Reader, path: str) -> bool:
    looking.become(reader)
    client: Client = looking.client
    answer = client.get(path)
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return False
    return b"</html>" in b"".join(answer)
