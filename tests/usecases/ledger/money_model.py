"""Money as plain dicts: what every act on wallets comes to, if acts come one after the other."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from liveroom.domain.ledger.wallets import Wallet

CLEARING = timedelta(hours=1)
"""How long earnings wait in these tests."""
LASTS = timedelta(hours=1)
"""How long grants last that expire."""


class MoneyAct(NamedTuple):
    """What somebody does; ``what`` is a method of ``MoneyModel``."""

    what: str
    user: int
    amount: int
    key: str


@dataclass
class Held:
    """What a user has."""

    coins: int = 0
    points: int = 0
    lots: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    earned: list[tuple[datetime, int]] = field(default_factory=list)
    frozen: bool = False

    @property
    def owes(self) -> bool:
        return self.coins < 0 or self.points < 0

    def wallet(self, now: datetime) -> Wallet:
        """Return it as the service shows it."""
        promo = sum(left for left, expires in self.lots.values() if expires is None or expires > now)
        return Wallet(self.coins, promo, self.points, self.cleared(now), self.frozen)

    def cleared(self, now: datetime) -> int:
        """Return how many points may be paid out."""
        fresh = sum(amount for at, amount in self.earned if at > now - CLEARING)
        return max(self.points - fresh, 0) if self.points > 0 else 0


@dataclass
class MoneyModel:
    """What everybody has, and what every key was used for."""

    users: defaultdict[int, Held] = field(default_factory=lambda: defaultdict(Held))
    keys: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)
    payouts: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    reversed: set[str] = field(default_factory=set)

    def do(self, act: MoneyAct, now: datetime) -> str:
        """Do it; return ``done``, ``repeated``, or the name of the failure."""
        method = {"settle": self.end, "cancel": self.end, "buy": self.credit, "grant": self.credit}
        method |= {"lend": self.credit, "spend": self.credit, "earn": self.credit, "lose": self.credit}
        method |= {"reverse": self.reverse, "hold": self.hold, "freeze": self.freeze, "thaw": self.freeze}
        return method[act.what](act, now)

    def credit(self, act: MoneyAct, now: datetime) -> str:
        """Credit, or adjust."""
        kind, amount, unit = said(act)
        stored = self.keys.get((kind, act.key))
        words = (act.user, unit, amount, act.what == "lend")
        if stored is not None:
            return "repeated" if stored == words else "KeyReused"
        held = self.users[act.user]
        balance = held.points if unit == "point" else held.coins
        if held.frozen:
            return "AccountFrozen"
        if amount < 0 and balance + amount < 0:
            return "BalanceTooLow"
        self.keys[kind, act.key] = words
        if kind == "grant":
            held.lots[act.key] = (amount, now + LASTS if act.what == "lend" else None)
        elif unit == "point":
            self._earn(held, amount, now)
        else:
            held.coins += amount
        return "done"

    def reverse(self, act: MoneyAct, now: datetime) -> str:
        """Take back the credit that the amount chooses; the key is that of the reversal."""
        credit = self.chosen(act)
        if credit is None:
            return "nothing"
        (kind, key), key_of = credit, ("reversal", act.key)
        if key_of in self.keys:
            return "repeated" if self.keys[key_of] == credit else "KeyReused"
        user, unit, amount, _ = self.keys[credit]
        assert isinstance(user, int)
        assert isinstance(amount, int)
        held = self.users[user]
        if kind == "grant" and not held.lots[key][0]:
            return "BalanceTooLow"
        if f"{kind}:{key}" in self.reversed:
            return "AlreadyReversed"
        if held.frozen:
            return "AccountFrozen"
        self.keys[key_of] = credit
        self.reversed.add(f"{kind}:{key}")
        if kind == "grant":
            held.lots[key] = (0, None)
        elif unit == "point":
            self._earn(held, -amount, now)
        else:
            held.coins -= amount
        return "done"

    def chosen(self, act: MoneyAct) -> tuple[str, str] | None:
        """Return the credit that an act takes back."""
        credits = [one for one in self.keys if one[0] in {"purchase", "grant", "adjust"}]
        return credits[act.amount % len(credits)] if credits else None

    def hold(self, act: MoneyAct, now: datetime) -> str:
        """Hold points for a payout."""
        held, known = self.users[act.user], self.payouts.get(act.key)
        if known is not None:
            if known[:2] != (act.user, act.amount):
                return "KeyReused"
            return "BalanceTooLow" if known[2] == "refused" else "repeated"
        if held.frozen:
            return "AccountFrozen"
        if held.owes:
            return "AccountOwing"
        if act.amount > held.cleared(now):
            self.payouts[act.key] = (act.user, act.amount, "refused")
            return "BalanceTooLow"
        held.points -= act.amount
        self.payouts[act.key] = (act.user, act.amount, "held")
        return "done"

    def end(self, act: MoneyAct, _: datetime) -> str:
        """Settle a payout, or cancel it."""
        known = self.payouts.get(act.key)
        if known is None or known[2] == "refused":
            return "PayoutNotFound"
        user, points, state = known
        if state != "held":
            return "repeated" if state == act.what else "PayoutOver"
        if act.what == "cancel":
            if self.users[user].frozen:
                return "AccountFrozen"
            self.users[user].points += points
        self.payouts[act.key] = (user, points, act.what)
        return "done"

    def freeze(self, act: MoneyAct, _: datetime) -> str:
        """Freeze a user's accounts, or let them go."""
        held = self.users[act.user]
        was, held.frozen = held.frozen, act.what == "freeze"
        return "repeated" if was == held.frozen else "done"

    def expire(self, now: datetime) -> None:
        """Take away what has expired."""
        for held in self.users.values():
            for key, (left, expires) in held.lots.items():
                if left and expires is not None and expires <= now and not held.frozen:
                    held.lots[key] = (0, None)

    @staticmethod
    def _earn(held: Held, amount: int, now: datetime) -> None:
        held.points += amount
        if amount > 0:
            held.earned.append((now, amount))


def said(act: MoneyAct) -> tuple[str, int, str]:
    """Return kind, amount and currency of a credit."""
    return {
        "buy": ("purchase", act.amount, "coin"),
        "grant": ("grant", act.amount, "coin"),
        "lend": ("grant", act.amount, "coin"),
        "spend": ("adjust", -act.amount, "coin"),
        "earn": ("adjust", act.amount, "point"),
        "lose": ("adjust", -act.amount, "point"),
    }[act.what]
