"""Reads of the door."""
