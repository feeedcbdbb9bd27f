"""The door of health."""

from jingkai.kernel.health.data import Finding, Readiness
from jingkai.kernel.health.queries import examine, get_readiness

__all__ = ["Finding", "Readiness", "examine", "get_readiness"]
