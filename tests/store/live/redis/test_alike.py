"""Random shows in which the memory store and Redis answer, remember and tell the same, also after both were lost."""

import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from liveroom.domain.accounts.users import Profile
from liveroom.domain.events.model import Announcement, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, UserId
from liveroom.domain.messages.model import Allowed, Message, Priority, recalled
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.likes import LikeCall
from liveroom.domain.rooms.metadata import Metadata
from liveroom.domain.rooms.model import CloseReason
from liveroom.domain.rooms.options import Access, RoomOptions, SeatMode
from liveroom.domain.seats import model as seats
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import RequestKind, SeatDecision, SeatRequest
from liveroom.ports import SeatMapView
from tests.servers import Redis
from tests.store.live.conftest import on_redis, open_memory
from tests.store.live.giving import GiftRows, batch, gift
from tests.store.live.listener import R1, listen
from tests.store.live.redis.shows import Op, Show, answer, state
from tests.store.live.talking import saying
from tests.store.live.world import World

USERS: Final = ("ann", "bob", "cid", "dan", "eve")
STEPS: Final = 150


pytestmark = pytest.mark.services


@pytest.fixture
async def shows(redis_server: Redis) -> AsyncIterator[Sequence[Show]]:
    """Yield the same room in both stores."""
    worlds = [World(open_memory, lambda: None, forgets=True), on_redis(redis_server)]
    for world in worlds:
        await world.restart()
        await world.go_live()
    yield [Show(world, await listen(world)) for world in worlds]
    for world in worlds:
        for live in world.opened:
            await live.close()


@pytest.mark.parametrize("seed", [1, 3])
async def test_both_stores_do_the_same_in_a_random_show(shows: Sequence[Show], seed: int) -> None:
    dice = random.Random(seed)
    for number in range(STEPS):
        name, op = draw(dice, number)
        answers = [await answer(show, op) for show in shows]
        states = [await state(show) for show in shows]
        assert answers[0] == answers[1], (number, name)
        assert states[0] == states[1], (number, name)


# --- what may happen -------------------------------------------------------------------------------------------------


def draw(dice: random.Random, number: int) -> tuple[str, Op]:
    """Return what happens next."""
    weights = {
        enter: 6, leave: 3, take: 5, rise: 1, mute: 2, ask: 4, grant: 3, refuse: 1, arrange: 3, stand: 3, speak: 6,
        again: 2, take_back: 2, history: 2, like: 3, give: 4, note: 1, rename: 1, pass_on: 1, wait: 1, lose: 1,
        reopen: 1,
    }  # fmt: skip
    (make,) = dice.choices(list(weights), list(weights.values()))
    return make.__name__, make(dice, number)


def enter(dice: random.Random, _: int) -> Op:
    user, session = dice.choice(USERS), dice.choice(("", "", "other"))
    given: dict[str, Any] = {
        "wanted": dice.choice((None, None, Role.AUDIENCE, Role.ANCHOR)),
        "password": dice.choice(("", "", "a" * 64)),
        "admin": dice.random() < 0.1,
        "anyone_hosts": dice.random() < 0.5,
    }

    async def do(show: Show) -> Any:
        entered = await show.world.enter(user, session=f"{user}-{session}" if session else "", **given)
        return entered.role, entered.reappeared, entered.room.members

    return do


def leave(dice: random.Random, _: int) -> Op:
    user = dice.choice(USERS)
    reason = dice.choice((LeaveReason.LEFT, LeaveReason.KICKED, LeaveReason.LOST))

    async def do(show: Show) -> Any:
        left = await show.world.live.leave(R1, UserId(user), None, None, reason)
        if left is None:
            return None
        await show.world.live.drop_entries(await show.world.live.entries(UserId(user)))
        if left.hidden:
            await show.world.release(left.room)
        return left.hidden, left.seated, left.entry.host, left.room.members

    return do


def by_rule(user: str, rule: Callable[[Show, SeatMapView], SeatDecision]) -> Op:
    async def do(show: Show) -> Any:
        view = await show.world.live.seat_maps.read(R1, [UserId(user)])
        if view is None:
            return None
        if user not in view.members:
            return "not in"
        return await show.world.live.seat_maps.put(view, rule(show, view), UserId(user))

    return do


def take(dice: random.Random, _: int) -> Op:
    user, number = dice.choice(USERS), dice.randrange(5)
    return by_rule(
        user, lambda _, view: seats.take(view.seat_map, view.room.options, UserId(user), number, may_seat=True)
    )


def rise(dice: random.Random, _: int) -> Op:
    user = dice.choice(USERS)
    return by_rule(user, lambda _, view: seats.vacate(view.seat_map, UserId(user)))


def mute(dice: random.Random, _: int) -> Op:
    user, audio, by_host = dice.choice(USERS), dice.choice((True, False)), dice.random() < 0.7
    return by_rule(
        user, lambda _, view: seats.mute(view.seat_map, UserId(user), audio=audio, video=None, by_host=by_host)
    )


def ask(dice: random.Random, number: int) -> Op:
    user, seat = dice.choice(USERS), dice.randrange(4)

    def rule(show: Show, view: SeatMapView) -> SeatDecision:
        expires = seat_requests.expiry(show.world.clock.now(), timedelta(seconds=15))
        id, me = f"q{number}", UserId(user)
        asked = SeatRequest(id, RequestKind.APPLY, me, user, "", seat, me, expires)
        current = seat_requests.expire_requests(view.seat_map, view.members, show.world.clock.now())
        options = replace(view.room.options, seat_mode=SeatMode.APPLY)
        decision = seat_requests.ask(current.seat_map, options, asked)
        return decision._replace(answered=(*current.answered, *decision.answered))

    return by_rule(user, rule)


def grant(_: random.Random, __: int) -> Op:
    def rule(_: Show, view: SeatMapView) -> SeatDecision:
        first = next((one.id for one in view.seat_map.requests), "")
        return seat_requests.approve(view.seat_map, view.room.options, first, by=UserId("ann"))

    return by_rule("ann", rule)


def refuse(_: random.Random, __: int) -> Op:
    def rule(_: Show, view: SeatMapView) -> SeatDecision:
        last = next((one.id for one in reversed(view.seat_map.requests)), "")
        return seat_requests.refuse(view.seat_map, last, by=UserId("ann"), reason="no")

    return by_rule("ann", rule)


def arrange(dice: random.Random, _: int) -> Op:
    given: dict[str, Any] = dice.choice(
        (
            {"seats": dice.randrange(5)},
            {"seats": 4, "seat_mode": dice.choice(list(SeatMode))},
            {"seat_locks": dice.randrange(16)},
            {"access": dice.choice(list(Access))},
            {"password": dice.choice(("", "a" * 64))},
            {"muted": dice.random() < 0.3},
            {"slow": timedelta(seconds=dice.choice((0, 0, 5)))},
        )
    )
    lasts = dice.choice((None, 3600, 5))

    async def do(show: Show) -> Any:
        ends = None if lasts is None else show.world.clock.now() + timedelta(seconds=lasts)
        return await put(show, options=replace(row_of(show).options, ends=ends, **given))

    return do


def pass_on(dice: random.Random, _: int) -> Op:
    owner = UserId(dice.choice(USERS))
    return lambda show: put(show, owner=owner)


def reopen(dice: random.Random, number: int) -> Op:
    closes = dice.random() < 0.5

    async def do(show: Show) -> Any:
        if closes:
            show.rev += 1
            entries = await show.world.live.close_room(replace(row_of(show), rev=show.rev), CloseReason.DESTROYED)
            await show.world.live.drop_entries(entries)
        return await put(
            show, broadcast=BroadcastId(f"b{number}"), options=RoomOptions(guarded=True), owner=UserId("ann")
        )

    return do


def row_of(show: Show) -> Any:
    return show.world.recovery.rooms[R1][0]


async def put(show: Show, **given: Any) -> Any:
    _, policy, card = show.world.recovery.rooms[R1]
    show.rev += 1
    row = replace(row_of(show), rev=show.rev, **given)
    show.world.recovery.rooms[R1] = (row, policy, card)
    live = await show.world.live.put_room(row, policy, card, show.world.recovery.room_access.get(R1, []))
    assert live is not None
    await show.world.release(live)
    return live.members


def stand(dice: random.Random, number: int) -> Op:
    user = dice.choice(USERS)
    role = dice.choice((None, None, Role.ANCHOR, Role.MODERATOR))
    banned, muted, invited = dice.random() < 0.15, dice.random() < 0.2, dice.random() < 0.3

    async def do(show: Show) -> Any:
        one = replace(RoomAccess(R1, UserId(user), DEFAULT_TENANT, rev=number + 1), role=role, invited=invited)
        one = replace(one, banned_until=FOREVER if banned else None, muted_until=FOREVER if muted else None)
        row, policy, card = show.world.recovery.rooms[R1]
        show.world.recovery.rooms[R1] = (replace(row, options=replace(row.options, guarded=True)), policy, card)
        others = [other for other in show.world.recovery.room_access.get(R1, []) if other.user != user]
        show.world.recovery.room_access[R1] = [*others, one]
        received = Announcement("id", EventKind.STANDING_CHANGED, b'{"userId":"x"}', UserId("ann"))
        return await show.world.live.put_room_access(one, received)

    return do


def speak(dice: random.Random, number: int) -> Op:
    user, priority, admin = dice.choice((*USERS, "")), dice.choice(list(Priority)), dice.random() < 0.2
    data = dice.choice((b"", b"", b'{"a":1}'))
    allowed = Allowed(each=dice.choice((0, 2)), room=100)

    async def do(show: Show) -> Any:
        wish = saying(user, f"t{number} \"'é\n", priority=priority, key=f"k{number}", allowed=allowed, data=data)
        said = await show.world.live.talk.say(wish._replace(admin=admin))
        assert said.message is not None
        show.said.append(said.message)
        return shown(said.message)

    return do


def again(dice: random.Random, _: int) -> Op:
    entry = dice.random()

    async def do(show: Show) -> Any:
        if not show.said:
            return None
        one = show.said[int(entry * len(show.said))]
        key = one.text.split(" ")[0].replace("t", "k")
        said = await show.world.live.talk.say(saying(one.user, "again", key=key))
        known = said.message
        return said.number == one.number, known and shown(known)

    return do


def take_back(dice: random.Random, _: int) -> Op:
    entry = dice.random()

    async def do(show: Show) -> Any:
        if not show.said:
            return None
        one = show.said[int(entry * len(show.said))]
        found = await show.world.live.talk.find(R1, DEFAULT_TENANT, one.number)
        found = found or show.world.recovery.messages.get((R1, one.number))
        assert found is not None
        if found.recalled is None:
            await show.world.live.talk.recall(recalled(found, UserId("ann"), show.world.clock.now()))
        return shown(found)

    return do


def history(dice: random.Random, _: int) -> Op:
    user, limit = dice.choice(USERS), dice.choice((2, 50))

    async def do(show: Show) -> Any:
        page = await show.world.live.talk.page(R1, DEFAULT_TENANT, UserId(user), before=None, limit=limit)
        return [shown(one) for one in page.messages], page.older

    return do


def shown(one: Message) -> tuple[Any, ...]:
    return one.user, one.name, one.role, one.type, one.priority, one.text, one.data, bool(one.recalled), one.recalled_by


def like(dice: random.Random, number: int) -> Op:
    user, count, batch = dice.choice(USERS), dice.randint(1, 100), dice.choice(("", f"b{number // 20}"))
    return lambda show: show.world.live.likes.add(LikeCall(DEFAULT_TENANT, R1, UserId(user), count, batch))


def give(dice: random.Random, number: int) -> Op:
    """Give some gifts, or so many that only sums are told of the cheapest; now and then those of a former batch."""
    dice = random.Random(number if dice.random() < 0.8 else number // 8)
    id, many = f"b{dice.random()}", dice.choice((1, 3, 60))
    prices = [dice.choice((1, 1, 2, 50)) for _ in range(many)]
    gifts = [gift(f"{id}-{at}", coins, dice.choice(USERS), urgent=coins == 50) for at, coins in enumerate(prices)]

    async def do(show: Show) -> Any:
        broadcast = row_of(show).broadcast
        rows = show.gifts.setdefault(broadcast, GiftRows())
        one = rows.commit(batch(id, *gifts, broadcast=broadcast))
        told = await show.world.live.gifts.tell(one)
        rows.pending.discard(id)
        show.world.recovery.gifts[broadcast] = rows.so_far()
        return told, await show.world.live.gifts.senders(R1, DEFAULT_TENANT, 3)

    return do


def note(_: random.Random, number: int) -> Op:
    async def do(show: Show) -> Any:
        received = Announcement("m", EventKind.METADATA_CHANGED, b'{"version":1}', UserId("ann"))
        live, value = show.world.live.metadata, Metadata(number, b'{"n":%d}' % number)
        await live.put(R1, row_of(show).broadcast, value, received)
        return await live.read(DEFAULT_TENANT, R1, UserId("ann"))

    return do


def rename(dice: random.Random, number: int) -> Op:
    user = dice.choice(USERS)
    return lambda show: show.world.live.put_profile(UserId(user), Profile(f"n{number}", ""))


def wait(dice: random.Random, _: int) -> Op:
    seconds = dice.choice((2, 12, 20))

    async def do(show: Show) -> Any:
        show.world.clock.advance(seconds)
        await show.world.live.expired(0, gap=timedelta(days=1))
        return sorted((alarm.kind, alarm.room) for alarm in await show.world.live.alarms(10))

    return do


def lose(_: random.Random, __: int) -> Op:
    async def do(show: Show) -> Any:
        await show.world.lose()
        await show.world.live.room(R1)
        show.listener = await listen(show.world)
        await show.world.calm()

    return do
