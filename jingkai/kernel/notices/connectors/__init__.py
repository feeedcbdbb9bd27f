"""The clients that carry messages out of the zone."""
