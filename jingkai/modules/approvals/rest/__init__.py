"""The service hall in the interface for other systems."""
