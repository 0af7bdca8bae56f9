"""What has to be so after any trouble, between what senders were told, what SQL has, and what rooms have heard."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from liveroom.app.assembly import Core
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from tests.chaos.gift_load import Attempt, Evening
from tests.store.sql.looking import rows_of
from tests.sync.crowd import Crowd, News
from tests.usecases.ledger.money import assert_database_sums, wallet

_AROUND: Final = (10.0, 1.0)
"""Seconds before the last that was heard of an epoch, and behind the first of the next: of what is told in between, who
listens is given the sums. A gift may be told some seconds after it was paid."""
_AFTER_A_LOSS: Final = 15.0
"""Seconds after a loss of Redis within which a room begins another epoch."""


@dataclass(frozen=True)
class Gift:
    """A gift as SQL has it."""

    id: str
    sender: str
    receiver: str
    room: str
    gift: str
    count: int
    coins: int
    state: str
    millis: int
    """When it was paid."""

    @property
    def at(self) -> float:
        return self.millis / 1000


async def gifts_of(core: Core) -> Sequence[Gift]:
    """Return all of them."""
    rows = await rows_of(
        core.db,
        "SELECT g.id, s.owner, r.owner, g.room, g.gift, g.count, g.coins, g.state, g.created FROM lr_sent_gifts g "
        "JOIN lr_accounts s ON s.id = g.sender JOIN lr_accounts r ON r.id = g.receiver ORDER BY g.id",
    )
    return [Gift(*row) for row in rows]


def disagreements(evening: Evening, gifts: Sequence[Gift]) -> Iterator[str]:
    """Yield where SQL has something else than senders were told: each key is one gift for each receiver, or none."""
    sent, refused = ({one.id: one for one in gifts if one.state == state} for state in ("sent", "unpaid"))
    told = {id: attempt for attempt in evening.paid for id in attempt.ids}
    if len(told) != sum(len(attempt.ids) for attempt in evening.paid):
        yield "two keys were answered with one gift"
    if strange := sent.keys() - told.keys():
        yield f"nobody was told of {len(strange)} gifts: {sorted(strange)[:5]}"
    if lost := told.keys() - sent.keys():
        yield f"{len(lost)} gifts were acknowledged and are not there: {sorted(lost)[:5]}"
    for attempt in evening.paid:
        found = [sent[id] for id in attempt.ids if id in sent]
        wanted = [(attempt.sender, receiver, attempt.gift) for receiver in attempt.receivers or (attempt.room,)]
        if [(one.sender, one.receiver, one.gift) for one in found] != wanted:
            yield f"{attempt} became {found}"
        if sum(one.coins for one in found) != attempt.coins or {one.count for one in found} != {attempt.count}:
            yield f"{attempt} cost {found}"
    unpaid = [attempt for attempt in evening.attempts if not attempt.is_paid]
    if Counter(one.sender for one in unpaid) != Counter(one.sender for one in refused.values()):
        yield f"{len(unpaid)} keys were refused, {len(refused)} are stored"
    yield from _of_combos(evening.paid)


def _of_combos(paid: Iterable[Attempt]) -> Iterator[str]:
    """Yield combos whose greatest total is not what was sent in them."""
    sums, totals = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for attempt in paid:
        if attempt.combo and attempt.said is not None:
            combo = attempt.sender, attempt.combo
            sums[combo] += attempt.count
            totals[combo] = max(totals[combo], attempt.said.data["comboTotal"])
    if sums != totals:
        yield f"combos: {sums - totals} or {totals - sums}"


async def wrong_wallets(core: Core, evening: Evening) -> list[str]:
    """Return each sender whose coins are not what they were told, and each host who does not have what they earned."""
    coins = Counter({attempt.sender: 0 for attempt in evening.attempts})
    for attempt in evening.paid:
        coins[attempt.sender] -= attempt.coins
    for act in evening.acts:
        if act.what in ("purchase", "grant", "refund"):
            coins[act.user] += act.amount
    found = []
    for user, wanted in coins.items():
        held = await wallet(core, UserId(user))
        if held.coins + held.promo != wanted:
            found.append(f"{user} has {held}, which should be {wanted} coins")
    return found + await _wrong_points(core, evening)


async def _wrong_points(core: Core, evening: Evening) -> list[str]:
    earned = Counter[str]()
    refunded = {act.about for act in evening.acts if act.what == "refund"}
    for id, owner, points in await rows_of(
        core.db,
        "SELECT g.id, r.owner, g.host_points FROM lr_sent_gifts g JOIN lr_accounts r ON r.id = g.receiver "
        "WHERE g.state = 'sent'",
    ):
        earned[owner] += points * (id not in refunded)
    for act in evening.acts:
        earned[act.user] += {"hold": -act.amount, "cancel": act.amount}.get(act.what, 0)
    held = {user: (await wallet(core, UserId(user))).points for user in earned}
    return [f"{user} has {held[user]} points, not {points}" for user, points in earned.items() if held[user] != points]


async def assert_ledger(core: Core) -> None:
    """Fail unless sums are zero, balances are what entries and dues say, none is too low, and the audit agrees."""
    await assert_database_sums(core.db)
    while await core.jobs.folding.run():
        continue
    await assert_database_sums(core.db)
    found = await rows_of(
        core.db, "SELECT check_of, subject, expected, found FROM lr_differences WHERE check_of <> 'dues'"
    )
    assert found == []


async def wrong_totals(core: Core, rooms: Sequence[str], gifts: Sequence[Gift]) -> list[str]:
    """Return each room of which the live store shows other sums and rankings than SQL has."""
    found = []
    for room in map(RoomId, rooms):
        live = core.live.gifts
        totals = await live.totals(room, DEFAULT_TENANT)
        ranks = {rank.user: rank.coins for rank in await live.senders(room, DEFAULT_TENANT, 1000)}
        earners = {rank.user: rank.coins for rank in await live.receivers(room, DEFAULT_TENANT, 1000)}
        of_room = [one for one in gifts if one.room == room and one.state == "sent"]
        sent, received = Counter[str](), Counter[str]()
        for one in of_room:
            sent[one.sender] += one.coins
            received[one.receiver] += one.coins
        wanted = (sum(one.coins for one in of_room), sum(one.count for one in of_room), len(sent))
        if totals != wanted or ranks != sent or earners != received:
            found.append(
                f"{room}: {totals} instead of {wanted}, {ranks} and {earners} instead of {sent} and {received}"
            )
    return found


async def wrong_scores(core: Core, evening: Evening, gifts: Sequence[Gift]) -> list[str]:
    """Return each room whose score in the evening's battle is not the sum of its gifts, without those taken back."""
    back = {act.about for act in evening.acts if act.what == "refund"}
    wanted = Counter[str]()
    for one in gifts:
        wanted[one.room] += one.coins if one.state == "sent" and one.id not in back else 0
    rows = await rows_of(core.db, "SELECT room, SUM(score) FROM lr_battle_scores GROUP BY room")
    scores = Counter({room: int(score) for room, score in rows})
    return [] if scores == wanted else [f"scores are {scores}, not {wanted}"]


@dataclass
class Heard:
    """What a room was told in one epoch, by all who listened there: publication after publication.

    Of an epoch with publications that nobody has heard, since all had lost their connections, there are several.
    """

    epoch: str
    news: Sequence[News]

    @property
    def begins(self) -> float:
        return _moment(next(self.events))

    @property
    def ends(self) -> float:
        return _moment(self.news[-1].events[-1])

    @property
    def events(self) -> Iterator[Mapping[str, Any]]:
        for one in self.news:
            yield from one.events


def heard(crowd: Crowd) -> tuple[Sequence[Heard], list[str]]:
    """Return what a room's listeners have heard, in the order of its epochs, and what they do not agree on."""
    by_epoch, wrong = defaultdict[str, dict[int, News]](dict), []
    for client in crowd.clients:
        for segment in client.segments:
            by_epoch[segment.epoch]
            offsets = [news.offset for news in segment.news]
            if offsets != list(range(segment.offset + 1, segment.offset + 1 + len(offsets))):
                wrong.append(f"{client.guest.id} has heard {offsets} of {segment.epoch} after {segment.offset}")
            for news in segment.news:
                known = by_epoch[news.epoch].setdefault(news.offset, news)
                if known.events != news.events:
                    wrong.append(f"publication {news.offset} of {news.epoch} is not the same for everybody")
    found: list[Heard] = []
    for epoch, publications in by_epoch.items():
        found += _runs(epoch, publications)
    return sorted(found, key=lambda one: one.begins), wrong


def _runs(epoch: str, publications: Mapping[int, News]) -> Sequence[Heard]:
    """Return what was heard of an epoch, parted where nobody has heard a publication."""
    found: list[list[News]] = []
    for offset in sorted(publications):
        if not found or offset != found[-1][-1].offset + 1:
            found.append([])
        found[-1].append(publications[offset])
    return [Heard(epoch, run) for run in found]


def _moment(event: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(event["time"]).timestamp()


def untold(epochs: Sequence[Heard], gifts: Sequence[Gift], losses: Sequence[float]) -> Iterator[str]:
    """Yield what one room was told wrongly of the gifts that were sent there.

    In each epoch a gift has one event at most, and sums grow by what events say, neither more nor less. Over all epochs
    each gift has an event, or is counted in one ``gift.more``, unless it was told while one epoch ended and the next
    began: which they do only after a loss of Redis.
    """
    ids, more, told = set[str](), 0, Counter[tuple[str, str]]()
    for epoch in epochs:
        sent = [event["data"]["sentId"] for event in epoch.events if event["type"] == "gift.sent"]
        told += Counter((epoch.epoch, id) for id in sent)
        ids |= {*sent}
        more += sum(event["data"]["count"] for event in epoch.events if event["type"] == "gift.more")
        yield from _of_sums(epoch, is_rebuilt=epoch is not epochs[0])
    if twice := [one for one, times in told.items() if times > 1]:
        yield f"in an epoch these were told twice: {twice[:5]}"
    known = {one.id: one for one in gifts if one.state == "sent"}
    if strange := ids - known.keys():
        yield f"gifts were told that were not sent: {sorted(strange)[:5]}"
    gaps = [(former.ends - _AROUND[0], later.begins + _AROUND[1]) for former, later in pairwise(epochs)]
    silent = [one for id, one in known.items() if id not in ids]
    surely = [one for one in silent if not any(begin < one.at < end for begin, end in gaps)]
    if sum(one.count for one in surely) > more:
        shown = [(one.id, one.count, one.at) for one in surely]
        yield f"no event for {len(surely)}, and only {more} are counted otherwise: {shown}"

    for former, later in pairwise(epochs):
        if not any(loss - _AFTER_A_LOSS < later.begins < loss + _AFTER_A_LOSS for loss in losses):
            yield f"{later.epoch} began after {former.epoch}, and Redis was there"


def _of_sums(epoch: Heard, *, is_rebuilt: bool) -> Iterator[str]:
    """Yield where the sums of an epoch grow by something else than what was told between them.

    What waited when a lost bucket was filled is told without being added: so more may be told than was added.
    """
    before, told = None, 0
    for event in epoch.events:
        if event["type"] in ("gift.sent", "gift.more"):
            told += event["data"]["count"]
        elif event["type"] == "gift.totals":
            added = event["data"]["gifts"] - before if before is not None else told
            if told < added or (told > added and not is_rebuilt):
                yield f"{epoch.epoch}: {told} were told, {added} added to the sums"
            before, told = event["data"]["gifts"], 0
    if told:
        yield f"{epoch.epoch}: {told} gifts have no sums behind them"


def last_sums(epochs: Sequence[Heard]) -> Mapping[str, int] | None:
    """Return the sums that the room has heard last."""
    found = [event["data"] for epoch in epochs for event in epoch.events if event["type"] == "gift.totals"]
    return found[-1] if found else None
