"""The calendar's editor."""
