"""Rate limits: fixed windows that begin with a key's first use. Windows that are over are forgotten by later uses."""

from heapq import heappop, heappush

Key = str | bytes


class MemoryLimits:
    """How often each key was used in its running window; with ``most`` the window that ends first makes room."""

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._uses: dict[Key, int] = {}
        self._until: dict[Key, int] = {}
        self._ends: list[tuple[int, Key]] = []

    def uses(self, key: Key, now: int) -> int:
        """Return how often the key was used in its running window."""
        while self._ends and self._ends[0][0] <= now:
            self._forget_next()
        return self._uses.get(key, 0)

    def left(self, key: Key, now: int) -> int:
        """Return for how many milliseconds the key's window lasts on."""
        return max(self._until.get(key, now) - now, 0)

    def hit(self, key: Key, count: int, window: int, now: int) -> int:
        """Count more uses, or with a negative count take some back; return how many there are now."""
        uses = self.uses(key, now)
        count = max(count, -uses)
        if not uses and key not in self._uses:
            if not count:
                return 0
            if len(self._uses) == self._most > 0:
                self._forget_next()
            self._until[key] = now + window
            heappush(self._ends, (now + window, key))
        self._uses[key] = uses + count
        return uses + count

    def _forget_next(self) -> None:
        key = heappop(self._ends)[1]
        del self._uses[key], self._until[key]
