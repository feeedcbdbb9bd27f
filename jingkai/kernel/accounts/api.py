"""The door of accounts."""

__all__: list[str] = []
