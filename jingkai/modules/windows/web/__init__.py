"""Pages of the windows."""
