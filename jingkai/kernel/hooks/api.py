"""The door of hooks: registries by which lower apps learn of higher ones, two languages, prepared queries."""

from jingkai.kernel.hooks.operations import (
    AlreadyRegistered,
    Registry,
    account_sections,
    case_tabs,
    cockpit_tiles,
    doctor_checks,
    file_read_checks,
    menu,
    menu_counts,
    periodic_jobs,
    public_sections,
    shell_parts,
    tallied,
    tallies,
)
from jingkai.kernel.hooks.queries import Prepared, Slots, local, prepared_cursor, url_of

__all__ = [
    "AlreadyRegistered",
    "Prepared",
    "Registry",
    "Slots",
    "account_sections",
    "case_tabs",
    "cockpit_tiles",
    "doctor_checks",
    "file_read_checks",
    "local",
    "menu",
    "menu_counts",
    "periodic_jobs",
    "prepared_cursor",
    "public_sections",
    "shell_parts",
    "tallied",
    "tallies",
    "url_of",
]
