"""Real clients of systems outside the zone."""
