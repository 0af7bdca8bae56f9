"""All that moves money, in plain dicts: what acts come to if they come one after the other.

What only the service can choose (ids, and the order of lots that follows from them) is handed in with what it said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from tests.usecases.economy.plain_agency import PlainAgency
from tests.usecases.economy.plain_approvals import PlainApprovals
from tests.usecases.economy.plain_rows import (
    AGENCY,
    CLEARING,
    CLOSES,
    GRABBED_LAST,
    HOST,
    PRICES,
    RUNNING_MAX,
    SHARE,
    Act,
    Done,
    PlainCredit,
    PlainEnvelope,
    PlainGift,
    PlainLot,
    PlainPayout,
    Said,
)

_SOURCES: Final = {
    **dict.fromkeys(("buy", "spend"), "float"),
    **dict.fromkeys(("grant", "lend"), "grants"),
    **dict.fromkeys(("earn", "lose"), "issue"),
}
_METHODS: Final = {
    **dict.fromkeys(_SOURCES, "credit"),
    **dict.fromkeys(("settle", "cancel"), "end"),
    "thaw": "freeze",
    "gift": "give",
    "draw": "hold",
    **dict.fromkeys(("join", "leave", "dismiss"), "change_agency"),
}
_KINDS: Final = {"buy": "purchase", "grant": "grant", "lend": "grant"}


class PlainEntry(NamedTuple):
    """What has moved in somebody's earnings."""

    at: datetime
    kind: str
    user: int | str
    amount: int


@dataclass
class EconomyModel:
    """What is in every account, and what every key was used for."""

    held: Counter[tuple[str, int | str]] = field(default_factory=Counter)
    waiting: Counter[int | str] = field(default_factory=Counter)
    """Points that gifts have earned and nobody has added up yet: they are part of what is held."""
    lots: dict[int, list[PlainLot]] = field(default_factory=dict)
    frozen: set[int | str] = field(default_factory=set)
    gone: set[int] = field(default_factory=set)
    closes: dict[tuple[str, int], datetime] = field(default_factory=dict)
    keys: dict[tuple[str, ...], Said] = field(default_factory=dict)
    credits: dict[tuple[str, str], PlainCredit] = field(default_factory=dict)
    gifts: dict[str, PlainGift] = field(default_factory=dict)
    payouts: dict[str, PlainPayout] = field(default_factory=dict)
    envelopes: dict[str, PlainEnvelope] = field(default_factory=dict)
    entries: list[PlainEntry] = field(default_factory=list)
    approvals: PlainApprovals = field(default_factory=PlainApprovals)
    agency: PlainAgency = field(default_factory=PlainAgency)
    combos: Counter[tuple[int, str]] = field(default_factory=Counter)

    def do(self, act: Act, now: datetime, done: Done) -> str:
        """Do it; return ``done``, ``repeated``, or the name of the failure."""
        return str(getattr(self, _METHODS.get(act.what, act.what))(act, now, done.for_model(act)))

    # --- credits ---------------------------------------------------------------------------------------------------

    def credit(self, act: Act, now: datetime, done: Done) -> str:
        """Put something into an account, or put it right."""
        kind, amount = _KINDS.get(act.what, "adjust"), -act.amount if act.what in {"spend", "lose"} else act.amount
        account = {"buy": "wallet", "spend": "wallet", "grant": "promo", "lend": "promo"}.get(act.what, "earnings")
        said = (act.user, account == "earnings", amount, act.expires)
        if act.user in self.gone:
            return "UserNotFound"
        if (known := self.keys.get((kind, act.key))) is not None:
            return "repeated" if known.words == said else "KeyReused"
        full, taken = f"{kind}:{act.key}", abs(amount)
        if word := self.approvals.take(full, kind == "purchase", said, taken, act.user, act.by, now):
            return word
        if act.user in self.frozen:
            return "AccountFrozen"
        if amount < 0 and self.balance(account, act.user) + amount < 0:
            return "BalanceTooLow"
        self.approvals.done(now)
        self.keys[kind, act.key] = Said(said)
        self.credits[kind, act.key] = PlainCredit(act.user, account, amount, now, done.ids[0])
        if account == "promo":
            self.lots.setdefault(act.user, []).append(PlainLot(done.ids[0], amount, act.expires))
        self.move(now, "adjust", {(account, act.user): amount, (_SOURCES[act.what], ""): -amount})
        return "done"

    def reverse(self, act: Act, now: datetime, _: Done) -> str:
        """Take a credit back; of promotional coins what is left."""
        credit, said = self.credits[act.credit], ("credit", *act.credit)
        if (known := self.keys.get(("reversal", act.key))) is not None:
            return "repeated" if known.words == said else "KeyReused"
        lot = next((lot for lot in self.lots.get(credit.user, ()) if lot.id == credit.id), None)
        amount = credit.amount if lot is None else lot.left
        if not amount:
            return "BalanceTooLow"
        full = f"reversal:{act.key}"
        if word := self.approvals.take(full, False, said, abs(amount), credit.user, act.by, now):
            return word
        if (refusal := self._take_back(credit, amount, now)) != "done":
            return refusal
        self.approvals.done(now)
        self.keys["reversal", act.key] = Said(said)
        return "done"

    def _take_back(self, credit: PlainCredit, amount: int, now: datetime) -> str:
        if credit.is_reversed:
            return "AlreadyReversed"
        if credit.user in self.frozen:
            return "AccountFrozen"
        credit.is_reversed = True
        source = {"wallet": "float", "promo": "grants", "earnings": "issue"}[credit.account]
        for lot in self.lots.get(credit.user, ()):
            lot.left -= amount if lot.id == credit.id else 0
        self.move(now, "adjust", {(credit.account, credit.user): -amount, (source, ""): amount})
        return "done"

    # --- gifts -----------------------------------------------------------------------------------------------------

    def give(self, act: Act, now: datetime, done: Done) -> str:
        """Send a gift to some people."""
        said, key = (act.thing, act.amount, act.to, act.combo), ("gift", str(act.user), act.key)
        if (known := self.keys.get(key)) is not None:
            if known.words != said:
                return "KeyReused"
            return "BalanceTooLow" if known.refused else _counted("repeated", known.combo, done)
        if act.user in self.frozen:
            return "AccountFrozen"
        each, coins = PRICES[act.thing][0] * act.amount, self.held["wallet", act.user]
        promo = min(self.usable(act.user, now), each * len(act.to))
        if coins < 0 or each * len(act.to) - promo > coins:
            self.keys[key] = Said(said, refused=True)
            return "BalanceTooLow"
        combo = act.amount + (self.combos[act.user, act.combo] if act.combo else 0)
        self.combos[act.user, act.combo] = combo
        self.keys[key] = Said(said, combo=combo)
        for id, receiver in zip(done.ids, act.to, strict=True):
            part = min(promo, each)
            promo -= part
            self._pay(id, act, receiver, each, part, now)
        return _counted("done", combo, done)

    def _pay(self, id: str, act: Act, receiver: int, coins: int, promo: int, now: datetime) -> None:
        points = PRICES[act.thing][1] * act.amount * (coins - promo) // coins
        host = points * HOST // 1000
        agency = points * SHARE // 1000 if self.agency.has(receiver, now) else 0
        uses, left = list[tuple[PlainLot, int]](), promo
        for lot in sorted(self.lots.get(act.user, ()), key=lambda lot: (lot.expires is None, lot.expires, lot.id)):
            if lot.is_usable(now) and (taken := min(lot.left, left)):
                lot.left -= taken
                left -= taken
                uses.append((lot, taken))
        gift = PlainGift(act.user, receiver, coins, promo, host, agency, points - host - agency, now, uses)
        self.gifts[id] = gift
        self.move(now, "gifts", gift.moves())
        self.waiting[receiver] += host
        self.waiting[AGENCY] += agency

    def refund(self, act: Act, now: datetime, _: Done) -> str:
        """Take a gift back."""
        gift, said = self.gifts[act.gift], ("gift", act.gift)
        if (known := self.keys.get(("refund", act.key))) is not None:
            return "repeated" if known.words == said else "KeyReused"
        if word := self.approvals.take(f"refund:{act.key}", False, said, gift.coins, gift.sender, act.by, now):
            return word
        if (refusal := self._give_back(gift, now)) != "done":
            return refusal
        self.approvals.done(now)
        self.keys["refund", act.key] = Said(said)
        return "done"

    def _give_back(self, gift: PlainGift, now: datetime) -> str:
        if gift.is_refunded:
            return "AlreadyReversed"
        if gift.sender in self.frozen or (gift.host and gift.receiver in self.frozen):
            return "AccountFrozen"
        gift.is_refunded = True
        self.move(now, "refunds", {account: -amount for account, amount in gift.moves().items()})
        for lot, amount in gift.uses:
            lot.left += amount
        return "done"

    def take_back_period(self, user: int, since: datetime, until: datetime, now: datetime) -> None:
        """Take all gifts of a period back, then all purchases, but what is frozen."""
        for gift in self.gifts.values():
            if gift.sender == user and since <= gift.at < until:
                self._give_back(gift, now)
        for (kind, _), credit in self.credits.items():
            if kind == "purchase" and credit.user == user and since <= credit.at < until:
                self._take_back(credit, credit.amount, now)

    # --- payouts ---------------------------------------------------------------------------------------------------

    def hold(self, act: Act, now: datetime, _: Done) -> str:
        """Hold points for a payout, of a user or of the agency."""
        whose = AGENCY if act.what == "draw" else act.user
        if whose in self.gone:
            return "UserNotFound"
        if (known := self.payouts.get(act.key)) is not None:
            return known.again(whose, act.amount)
        if whose in self.frozen:
            return "AccountFrozen"
        if self.held["earnings", whose] < 0 or self.held["wallet", whose] < 0:
            return "AccountOwing"
        return self._hold(act, whose, now)

    def _hold(self, act: Act, whose: int | str, now: datetime) -> str:
        if act.amount > self.cleared(whose, now):
            self.waiting[whose] = 0
            self.payouts[act.key] = PlainPayout(whose, act.amount, "refused")
            return "BalanceTooLow"
        full, said = f"payout:{act.key}", (whose, act.amount)
        if word := self.approvals.take(full, False, said, act.amount, whose, act.by, now):
            if word == "ApprovalRequired":
                self.waiting[whose] = 0
            return word
        self.approvals.done(now)
        self.waiting[whose] = 0
        self.move(now, "payouts", {("earnings", whose): -act.amount, ("payable", ""): act.amount})
        self.payouts[act.key] = PlainPayout(whose, act.amount, "held")
        return "done"

    def end(self, act: Act, now: datetime, _: Done) -> str:
        """Settle a payout, or cancel it."""
        payout = self.payouts.get(act.key)
        if payout is None or payout.state == "refused":
            return "PayoutNotFound"
        if payout.state != "held":
            return "repeated" if payout.state == act.what else "PayoutOver"
        if act.what == "cancel" and payout.user in self.frozen:
            return "AccountFrozen"
        to: tuple[str, int | str] = ("earnings", payout.user) if act.what == "cancel" else ("paid", "")
        self.move(now, "returned", {("payable", ""): -payout.points, to: payout.points})
        payout.state = act.what
        return "done"

    def cleared(self, user: int | str, now: datetime) -> int:
        """Return how many points may be paid out."""
        fresh = [one for one in self.entries if one.user == user and one.at > now - CLEARING and one.kind != "returned"]
        return max(self.held["earnings", user] - sum(max(one.amount, 0) for one in fresh), 0)

    # --- red envelopes ---------------------------------------------------------------------------------------------

    def fill(self, act: Act, now: datetime, done: Done) -> str:
        """Put coins into a red envelope."""
        key, said = ("fill", str(act.user), act.key), (act.amount, act.parts)
        if (known := self.keys.get(key)) is not None:
            if known.words != said:
                return "KeyReused"
            return "BalanceTooLow" if known.refused else "repeated"
        if self.running() >= RUNNING_MAX:
            return "TooManyEnvelopes"
        if act.user in self.frozen:
            return "AccountFrozen"
        if self.held["wallet", act.user] < act.amount:
            self.keys[key] = Said(said, refused=True)
            return "BalanceTooLow"
        self.keys[key] = Said(said)
        self._put(act, act.user, now, done)
        return "done"

    def offer(self, act: Act, now: datetime, done: Done) -> str:
        """Put coins of the operator's into a red envelope."""
        key, said = ("offer", act.key), (act.amount, act.parts)
        if (known := self.keys.get(key)) is not None:
            return "repeated" if known.words == said else "KeyReused"
        if self.running() >= RUNNING_MAX:
            return "TooManyEnvelopes"
        if word := self.approvals.take(f"envelope:{act.key}", False, said, act.amount, "room", act.by, now):
            return word
        self.approvals.done(now)
        self.keys[key] = Said(said)
        self._put(act, None, now, done)
        return "done"

    def _put(self, act: Act, sender: int | None, now: datetime, done: Done) -> None:
        (id,) = done.ids
        assert sum(done.parts) == act.amount
        assert len(done.parts) == act.parts
        assert min(done.parts) > 0
        envelope = self.envelopes[id] = PlainEnvelope(sender, done.parts, done.ends or now)
        self.move(now, "", {envelope.source: -act.amount, ("envelope", id): act.amount})

    def running(self) -> int:
        """Return of how many red envelopes nobody has said that they are over."""
        return sum(not one.is_over for one in self.envelopes.values())

    def grab(self, act: Act, now: datetime, done: Done) -> str:
        """Grab a part of a red envelope."""
        envelope = self.envelopes[act.envelope]
        if act.user in envelope.taken:
            return "repeated"
        if act.user == envelope.sender:
            return "NotEligible"
        if envelope.is_over or envelope.ends <= now:
            return "EnvelopeOver"
        if act.user in self.frozen:
            return "AccountFrozen"
        coins = envelope.parts[len(envelope.taken)]
        envelope.taken.append(act.user)
        self.lots.setdefault(act.user, []).append(PlainLot(done.ids[0], coins, now + GRABBED_LAST))
        self.move(now, "", {("envelope", act.envelope): -coins, ("promo", act.user): coins})
        envelope.is_over = len(envelope.taken) == len(envelope.parts)
        return "done"

    # --- the agency ------------------------------------------------------------------------------------------------

    def change_agency(self, act: Act, now: datetime, done: Done) -> str:
        """Have somebody join the agency, or go."""
        if act.what == "leave":
            return self.agency.leave(act.user, now, done.ends or now)
        return (self.agency.join if act.what == "join" else self.agency.dismiss)(act.user, now)

    # --- everybody's accounts --------------------------------------------------------------------------------------

    def freeze(self, act: Act, _: datetime, __: Done) -> str:
        """Freeze a user's accounts, or let them go."""
        if act.user in self.gone:
            return "UserNotFound"
        was = act.user in self.frozen
        self.frozen = self.frozen | {act.user} if act.what == "freeze" else self.frozen - {act.user}
        return "repeated" if was == (act.what == "freeze") else "done"

    def delete(self, user: int, now: datetime) -> None:
        """Let somebody be gone: their coins wait for a while."""
        self.gone.add(user)
        self.agency.dismiss(user, now)
        self.closes |= {("wallet", user): now + CLOSES, ("promo", user): now + CLOSES}

    def fold(self) -> None:
        """Add up what waits."""
        self.waiting.clear()

    def pass_by(self, now: datetime) -> None:
        """Do what time brings: envelopes end, grants expire, accounts of who is gone close."""
        for id, one in self.envelopes.items():
            if not one.is_over and one.ends <= now:
                one.is_over = True
                rest = self.held["envelope", id]
                self.move(now, "", {("envelope", id): -rest, one.source: rest})
        for user in self.lots.keys() - self.frozen:
            expired = [lot for lot in self.lots[user] if not lot.is_usable(now)]
            self._drop(now, "promo", user, sum(lot.left for lot in expired), expired)
        for (kind, user), when in list(self.closes.items()):
            if when <= now and user not in self.frozen:
                del self.closes[kind, user]
                lots = self.lots.get(user, []) if kind == "promo" else []
                self._drop(now, kind, user, max(self.held[kind, user], 0), lots)

    def _drop(self, now: datetime, kind: str, user: int, amount: int, lots: Sequence[PlainLot]) -> None:
        """Take away what is nobody's any more."""
        self.move(now, "", {(kind, user): -amount, ("breakage", ""): amount})
        for lot in lots:
            lot.left = 0

    def usable(self, user: int, now: datetime) -> int:
        """Return how many promotional coins somebody can spend."""
        return sum(lot.left for lot in self.lots.get(user, ()) if lot.is_usable(now))

    def balance(self, kind: str, user: int | str) -> int:
        """Return what stands in an account without what waits for it."""
        return self.held[kind, user] - (self.waiting[user] if kind == "earnings" else 0)

    def move(self, now: datetime, kind: str, moves: Mapping[tuple[str, int | str], int]) -> None:
        """Move something between accounts."""
        for (account, whose), amount in moves.items():
            self.held[account, whose] += amount
            if account == "earnings" and amount:
                self.entries.append(PlainEntry(now, kind, whose, amount))


def _counted(word: str, combo: int, done: Done) -> str:
    """Return the word, unless the service has counted a combo otherwise."""
    return word if done.combo in {0, combo} else f"{word}, and {combo} of the combo"
