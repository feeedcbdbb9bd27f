"""The door of documents."""

__all__: list[str] = []
