"""Battles as a plain model keeps them: hosts, who is connected with whom, and what each battle has."""

from dataclasses import dataclass, field


@dataclass
class PlainBattle:
    """One battle, and which hosts' rooms show it."""

    ends: float
    sides: dict[int, int]
    scores: dict[int, int]
    shown: set[int]
    inside: set[int]
    state: str = "running"
    closes: float = 0.0
    winner: int | None = None
    reason: str | None = None

    def decide(self, reason: str, now: float, lasts: float) -> None:
        """Give it a result."""
        self.state, self.reason, self.closes = "result", reason, now + lasts
        left = {self.sides[host] for host in self.inside} or set(self.sides.values())
        sums = {side: sum(self.scores[host] for host in self.sides if self.sides[host] == side) for side in left}
        best = [side for side, points in sums.items() if points == max(sums.values())]
        self.winner = best[0] if len(best) == 1 else 0


@dataclass
class BattleModel:
    """All of it. Times are seconds; ``late``: how long after its time a battle is decided."""

    hosts: int
    lasts: float
    shows: float
    late: float = 2.0
    groups: list[set[int]] = field(default_factory=list)
    at: dict[int, PlainBattle] = field(default_factory=dict)
    gifts: list[tuple[PlainBattle | None, int, int]] = field(default_factory=list)
    """In which battle each gift counted, for whom, and how much."""

    def group(self, host: int) -> set[int]:
        """Return the hosts that one is connected with, themselves included."""
        return next((group for group in self.groups if host in group), {host})

    def may_begin(self, host: int, others: list[int]) -> bool:
        """Say whether an invitation reaches them all."""
        busy = any(one in self.at for one in (host, *others))
        return not busy and all(one in self.group(host) or len(self.group(one)) == 1 for one in others)

    def begin(self, host: int, sides: dict[int, int], now: float) -> None:
        """Begin a battle; ``sides``: of all its hosts."""
        joined = self.group(host) | set(sides)
        self.groups = [group for group in self.groups if not group & joined] + [joined]
        battle = PlainBattle(now + self.lasts, sides, dict.fromkeys(sides, 0), set(sides), set(sides))
        self.at |= dict.fromkeys(sides, battle)

    def give(self, host: int, points: int, now: float) -> None:
        """Send a gift to a host."""
        battle = self.at.get(host)
        counts = battle is not None and battle.state == "running" and now < battle.ends and host in battle.inside
        if battle is not None and counts:
            battle.scores[host] += points
        self.gifts.append((battle if counts else None, host, points))

    def refund(self, number: int) -> None:
        """Take a gift back."""
        battle, host, points = self.gifts[number]
        if battle is not None and battle.state == "running" and self.at.get(host) is battle:
            battle.scores[host] -= points
        self.gifts[number] = (None, host, points)

    def give_up(self, host: int, now: float) -> bool:
        """Leave a battle, and stay connected; say whether there was one."""
        battle = self.at.get(host)
        if battle is None or battle.state != "running":
            return False
        battle.inside.discard(host)
        if len({battle.sides[one] for one in battle.inside}) > 1:
            del self.at[host]
        else:
            battle.decide("alone", now, self.shows)
        return True

    def disconnect(self, host: int, now: float) -> bool:
        """Leave the connection, and the battle with it; say whether there was one."""
        group = self.group(host)
        if len(group) == 1:
            return False
        battle = self.at.pop(host, None)
        if battle is not None and battle.state == "running":
            battle.inside.discard(host)
            if len({battle.sides[one] for one in battle.inside}) < 2:
                battle.decide("alone", now, self.shows)
        self.groups.remove(group)
        if len(rest := group - {host}) > 1:
            self.groups.append(rest)
        return True

    def step(self, now: float) -> None:
        """Do what is due."""
        for battle in {id(battle): battle for battle in self.at.values()}.values():
            if battle.state == "running" and now >= battle.ends + self.late:
                battle.decide("timeOver", now, self.shows)
            elif battle.state == "result" and now >= battle.closes:
                self.at = {host: one for host, one in self.at.items() if one is not battle}
