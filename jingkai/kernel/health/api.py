"""The door of health."""

from jingkai.kernel.health.data import Finding, Readiness
from jingkai.kernel.health.operations import accept_program
from jingkai.kernel.health.queries import examine, get_readiness
from jingkai.kernel.health.queries.program import has_manifest

__all__ = [
    "Finding",
    "Readiness",
    "accept_program",
    "examine",
    "get_readiness",
    "has_manifest",
    "start_tracing",
]


def start_tracing(part: str) -> None:
    """Follow what this process does, where the environment names a collector; else nothing is loaded."""
    from django.conf import settings

    if settings.TRACES_URL:
        from jingkai.kernel.health import connectors

        connectors.start_tracing(part)
