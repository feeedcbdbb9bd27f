"""The story of routing, scene by scene."""
