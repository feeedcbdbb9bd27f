"""The door of files."""

__all__: list[str] = []
