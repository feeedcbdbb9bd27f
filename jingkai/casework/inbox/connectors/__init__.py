"""Systems outside the zone that the inbox speaks to."""
