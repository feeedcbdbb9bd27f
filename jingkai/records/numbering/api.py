"""The door of numbering."""

__all__: list[str] = []
