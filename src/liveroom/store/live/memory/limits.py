"""Rate limits: fixed windows that begin with a key's first use. Windows that are over are forgotten by later uses."""

from heapq import heappop, heappush


class Limits:
    """How often each key was used in its running window."""

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}
        self._until: dict[str, int] = {}
        self._ends: list[tuple[int, str]] = []

    def uses(self, key: str, now: int) -> int:
        """Return how often the key was used in its running window."""
        while self._ends and self._ends[0][0] <= now:
            over = heappop(self._ends)[1]
            del self._uses[over], self._until[over]
        return self._uses.get(key, 0)

    def left(self, key: str, now: int) -> int:
        """Return for how many milliseconds the key's window lasts on."""
        return max(self._until.get(key, now) - now, 0)

    def hit(self, key: str, count: int, window: int, now: int) -> int:
        """Count more uses, or with a negative count take some back; return how many there are now."""
        uses = self.uses(key, now)
        count = max(count, -uses)
        if not uses and key not in self._uses:
            if not count:
                return 0
            self._until[key] = now + window
            heappush(self._ends, (now + window, key))
        self._uses[key] = uses + count
        return uses + count
