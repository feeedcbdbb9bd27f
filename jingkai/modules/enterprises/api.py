"""The door of enterprises."""

__all__: list[str] = []
