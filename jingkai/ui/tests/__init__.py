"""Tests of the design system: no database."""
