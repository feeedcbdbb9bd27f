"""Pages of the flow designer."""
