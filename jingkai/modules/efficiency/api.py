"""The door of efficiency: facts of matters kept up to date, and figures."""

from jingkai.modules.efficiency.operations import check_facts, rebuild_facts, refresh_matter
from jingkai.modules.efficiency.queries import figures, summary

__all__ = ["check_facts", "figures", "rebuild_facts", "refresh_matter", "summary"]
