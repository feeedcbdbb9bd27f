"""Tests of the door to other systems."""
