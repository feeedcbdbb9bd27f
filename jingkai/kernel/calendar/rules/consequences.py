"""What follows from a changed calendar: others hang their account of it into the calendar's pages."""

from __future__ import annotations

from jingkai.kernel.hooks.api import Registry
from jingkai.kernel.hooks.data import Section

consequences: Registry[Section] = Registry("calendar_consequences", key=lambda section: section.key)
"""Sections of the page of a draft (the subject is the `CalendarDraft`) and of a year (the `CalendarYear`)."""
