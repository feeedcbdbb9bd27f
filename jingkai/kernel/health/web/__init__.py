"""Pages that machines read, and what is measured of every page."""
