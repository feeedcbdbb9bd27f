"""Figures of efficiency in the interface for other systems."""
