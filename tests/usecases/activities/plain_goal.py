"""A goal as a few numbers."""

from dataclasses import dataclass, field


@dataclass
class PlainGoal:
    """A goal, running or over."""

    measure: str
    targets: tuple[int, ...]
    base: int
    count: int
    reached: list[int] = field(default_factory=list)
    reason: str = ""
    """Why it is over; "": it is not."""

    def look(self, figure: int) -> None:
        """Compare it with what there is."""
        if self.reason:
            return
        self.count = max(self.count, figure - self.base)
        self.reached = [target for target in self.targets if target <= self.count]
        if self.reached == list(self.targets):
            self.reason = "finished"
