"""Floor 0: pure Python that every other floor may use, and that knows none of them, nor Django."""

__all__: list[str] = []
