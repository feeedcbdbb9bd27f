"""The door of seals."""

__all__: list[str] = []
