"""The duties of the zone, one folder each."""
