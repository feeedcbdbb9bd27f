"""What is written down of an error: where and what, never what the variables held."""

from __future__ import annotations

import json
import logging
import logging.config
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError

from jingkai.config.logs import logging_settings

PHONE = "13800004567"


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[bool], str]]:
    """Log one failure as the product would, and give what reached the standard error."""

    def write(as_json: bool) -> str:
        logging.config.dictConfig(logging_settings(level="INFO", as_json=as_json))
        try:
            _fail({"phone": PHONE})
        except IntegrityError:
            logging.getLogger("django.request").exception("Internal Server Error: %s", "/my/")
        return capsys.readouterr().err

    yield write
    structlog.reset_defaults()
    logging.config.dictConfig(settings.LOGGING)


def _fail(form: dict[str, Any]) -> None:
    typed = form["phone"]
    raise IntegrityError(
        "duplicate key value violates unique constraint “phone_once”\n"
        f"DETAIL:  Key (phone)=({typed}) already exists."
    )


def test_exception_in_json_names_the_place_and_no_variable(written: Callable[[bool], str]) -> None:
    line = written(True)
    told = json.loads(line)
    (error,) = told["exception"]
    assert (error["exc_type"], told["event"]) == ("IntegrityError", "Internal Server Error: /my/")
    assert "phone_once" in error["exc_value"]
    assert [frame["name"] for frame in error["frames"]][-1] == "_fail"
    assert all(not frame.get("locals") for frame in error["frames"])
    assert PHONE not in line


def test_exception_on_a_terminal_shows_no_variable(written: Callable[[bool], str]) -> None:
    text = written(False)
    assert "phone_once" in text
    assert "_fail" in text
    assert PHONE not in text
