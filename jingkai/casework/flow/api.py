"""The door of flow."""

__all__: list[str] = []
