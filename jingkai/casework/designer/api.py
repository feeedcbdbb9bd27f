"""The door of the flow designer: nothing stands above it."""

__all__: list[str] = []
