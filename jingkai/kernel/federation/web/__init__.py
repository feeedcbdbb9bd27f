"""Pages of the unified log-in."""
