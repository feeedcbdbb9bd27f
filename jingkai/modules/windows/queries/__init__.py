"""Reads of the windows, by topic."""
