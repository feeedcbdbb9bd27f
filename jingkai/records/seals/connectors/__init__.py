"""The way to the state seal service."""
