"""Ways to services that this installation may have beside it."""
