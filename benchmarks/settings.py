"""Settings of the measurements: the product's own, plus the peers that it is compared with."""

from jingkai.config.settings import *  # noqa: F403
from jingkai.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "viewflow.workflow", "benchmarks.engines"]
VIEWFLOW = {"AUTOREGISTER": False}
SILENCED_SYSTEM_CHECKS = ["viewflow.W001"]
