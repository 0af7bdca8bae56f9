"""Rate limits: fixed windows that begin with a key's first use. Windows that are over are forgotten by later uses."""

from heapq import heappop, heappush


class Limits:
    """How often each key was used in its running window."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}
        self._ends: list[tuple[int, str]] = []

    def uses(self, key: str, now: int) -> int:
        """Return how often the key was used in its running window."""
        while self._ends and self._ends[0][0] <= now:
            del self._uses[heappop(self._ends)[1]]
        return self._uses.get(key, 0)

    def hit(self, key: str, count: int, window: int, now: int) -> int:
        """Count more uses, or with a negative count take some back; return how many there are now."""
        uses = self.uses(key, now)
        count = max(count, -uses)
        if not uses and key not in self._uses:
            if not count:
                return 0
            heappush(self._ends, (now + window, key))
        self._uses[key] = uses + count
        return uses + count
