"""Writes of the windows, by topic."""
