"""Logs as one JSON object a line (or readable on a terminal), all under the request's id."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
]


FRAMES = 50
"""How many places of a traceback are written down, outermost and innermost."""


def without_details(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut the rows that PostgreSQL quotes in its errors (`DETAIL: Key (phone)=(…)`) out of an exception."""
    del logger, method
    told = event.get("exception")
    if isinstance(told, str):
        event["exception"] = "\n".join(line for line in told.split("\n") if not _quotes_a_row(line))
    elif isinstance(told, list):
        for part in told:
            lines = str(part.get("exc_value", "")).split("\n")
            part["exc_value"] = "\n".join(line for line in lines if not _quotes_a_row(line))
    return event


def _quotes_a_row(line: str) -> bool:
    return line.lstrip().startswith(("DETAIL:", "CONTEXT:"))


def _exceptions(*, as_json: bool) -> list[Any]:
    """The place and the kind of an exception, never the variables around it: they hold personal data."""
    if as_json:
        shown = ExceptionDictTransformer(show_locals=False, max_frames=FRAMES)
        return [structlog.processors.ExceptionRenderer(shown)]
    return [structlog.processors.format_exc_info]


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING for the whole process; also sets structlog up so that both kinds of logger agree."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_exceptions(as_json=as_json),
                    without_details,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "django.request": {"level": "ERROR"},
            "procrastinate": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "pyhanko": {"level": "WARNING"},
            "pyhanko_certvalidator": {"level": "ERROR"},
        },
    }
