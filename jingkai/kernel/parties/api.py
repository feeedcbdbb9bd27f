"""The door of parties."""

__all__: list[str] = []
