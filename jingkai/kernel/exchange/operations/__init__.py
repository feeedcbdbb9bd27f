"""Writes of the door."""
