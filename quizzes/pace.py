"""How much one step of background work takes on: so little that nobody notices the wait, on a slow machine as on a fast one."""

import time
from types import TracebackType

# Seconds that a step's transaction may be open: on SQLite everybody who writes waits for it.
AIM = 0.04
LEAST, FIRST = 5, 20


class Pace:
    """Rows per step, by how long the last step took: `with pace:` around the transaction, `pace.met` rows inside it.

    Kept by the process and nowhere else; another worker finds its own. It grows by half at the most and shrinks at once.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = min(FIRST, most)
        self.met = 0
        self._began = 0.0

    def __enter__(self) -> "Pace":
        self.met, self._began = 0, time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.took(self.met, time.perf_counter() - self._began)

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a step of so many rows. One that was not full says nothing about a full one, unless it was slow."""
        if not rows or (rows < self.size and seconds <= AIM):
            return
        fits = int(rows * AIM / seconds) if seconds > 0 else self.most
        self.size = max(min(LEAST, self.most), min(fits, self.size + self.size // 2 + 1, self.most))
