"""The door of organisation."""

__all__: list[str] = []
