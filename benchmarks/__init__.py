"""Measurements of this product beside its peers, in one run on one machine: `python -m benchmarks`."""
