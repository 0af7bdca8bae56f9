"""A whole evening of a show: announced, opened, seats, a flood of chat, likes, a guest who is banned, another owner."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.stories.agreement import assert_agreement
from tests.stories.transports import Transport, http_transport, refreshed, socket_transport
from tests.stories.world import Phone, World

CATEGORY: Final = "mlvb-show-live"
TITLE: Final = "今晚 8 点，老歌专场 😀"
VIEWERS: Final = 200
SEATS: Final = 4
APPLICANTS: Final = 7
TALKERS: Final = 100
TAPS: Final = 50
"""How many likes a phone gathers before it sends them."""


@dataclass
class Show:
    """The evening as far as it has come."""

    world: World
    transport: Transport
    host: Phone
    second: Phone
    """Whom the host has made an anchor."""
    moderator: Phone
    guest: Phone
    """Who will be banned."""
    viewers: list[Phone] = field(default_factory=list)
    room: str = ""
    said: list[str] = field(default_factory=list)
    """Messages that were acknowledged."""
    done: list[tuple[str, str, str]] = field(default_factory=list)
    """What belongs into the audit trail: who did what to whom."""

    async def code(self, phone: Phone, path: str, **given: Any) -> int:
        """Call a method in the room and return the answer's code."""
        return int((await phone.reply(path, roomId=self.room, **given))["errorCode"])

    async def act(self, phone: Phone, path: str, target: Phone, **given: Any) -> Any:
        """Do something to somebody that the audit trail has to name."""
        answer = await phone.call(path, roomId=self.room, targetId=target.user, **given)
        self.note(phone, path, target)
        return answer

    async def arrange(self, phone: Phone, path: str, **given: Any) -> Any:
        """Arrange something about the room, which the audit trail has to name."""
        answer = await phone.call(path, roomId=self.room, **given)
        self.done.append((phone.user, f"base/v1/{path}", f"room:{self.room}"))
        return answer

    def note(self, phone: Phone, path: str, target: Phone) -> None:
        """Expect that the audit trail names it."""
        self.done.append((phone.user, f"base/v1/{path}", f"user:{target.user} room:{self.room}"))

    async def say(self, phone: Phone, text: str, **given: Any) -> int:
        """Say something in the room; note what was acknowledged, and return the answer's code."""
        reply = await phone.reply("messages/send", roomId=self.room, text=text, **given)
        if reply["errorCode"] == 0:
            self.said.append(reply["data"]["messageId"])
        return int(reply["errorCode"])

    async def members(self) -> dict[str, str]:
        """Return everybody who is in, and in which role."""
        found: dict[str, str] = {}
        cursor = ""
        while True:
            page = await self.host.reply("rooms/list_users", roomId=self.room, limit=100, cursor=cursor)
            found |= {member["userId"]: member["role"] for member in page["data"]}
            cursor = page["nextCursor"]
            if not cursor:
                return found


async def all_of(calls: Sequence[Coroutine[Any, Any, Any]]) -> list[Any]:
    """Make calls at once, as many people do."""
    return list(await asyncio.gather(*calls))


@pytest.mark.parametrize("opened", [http_transport, socket_transport], ids=["http", "socket"])
async def test_an_evening_of_a_show_from_its_announcement_to_its_books(
    world: World, opened: Callable[[World], AbstractAsyncContextManager[Transport]]
) -> None:
    async with opened(world) as transport:
        names = ("host", "second", "moderator", "guest")
        host, second, moderator, guest = [await transport.through(await world.register(name)) for name in names]
        show = Show(world, transport, host, second, moderator, guest)
        await announce(show)
        await open_at_its_time(show)
        await fill(show)
        await seat_four_of_seven(show)
        await flood_the_chat(show)
        likes = await like(show)
        await put_the_guest_out(show)
        await bar_the_guest(show)
        await hush(show)
        joined = await lose_the_owner(show)
        await close(show)
        await check_the_books(show, joined, likes)
        await open_the_next(show)


async def announce(show: Show) -> None:
    """The host schedules the show, and says who will help; nobody gets in before."""
    starts = show.world.clock.now() + timedelta(hours=1)
    plan = {"title": TITLE, "category": CATEGORY, "startUtc": f"{starts:%Y-%m-%d %H:%M:%S}", "minutes": 240}
    scheduled = await show.host.call("rooms/schedule", **plan)
    show.room = scheduled["roomId"]
    assert (scheduled["startUtc"], scheduled["minutes"]) == (plan["startUtc"], 240)
    assert [card["roomId"] for card in await show.guest.call("rooms/scheduled")] == [show.room]
    assert (await show.guest.detail(show.room))["status"] == 2
    await show.act(show.host, "rooms/set_role", show.moderator, role="moderator")
    await show.act(show.host, "rooms/set_role", show.second, role="anchor")
    assert await show.code(show.guest, "rooms/enter_room", role="audience") == 2004
    assert await show.code(show.guest, "rooms/enter_room", role="anchor") == 3000


async def open_at_its_time(show: Show) -> None:
    """An hour later the host enters, and the room is what was announced."""
    await show.world.wind(timedelta(hours=1), step=timedelta(minutes=20))
    opened = await show.host.enter(show.room, "anchor")
    assert (opened["title"], opened["category"], opened["status"]) == (TITLE, CATEGORY, 0)
    await show.host.keepalive()
    assert await show.guest.call("rooms/scheduled") == []
    assert show.room in await show.guest.listed()
    assert (await show.second.enter(show.room, "anchor"))["role"] == "anchor"
    assert (await show.moderator.enter(show.room))["role"] == "moderator"


async def fill(show: Show) -> None:
    """Two hundred viewers come at once, and one more."""
    show.viewers = await all_of([show.transport.through(phone) for phone in await show.world.strangers(VIEWERS)])
    await show.guest.enter(show.room)
    await all_of([phone.enter(show.room) for phone in show.viewers])
    everybody = [show.host, show.second, show.moderator, show.guest, *show.viewers]
    await all_of([show.transport.listen(phone, show.room) for phone in everybody])
    seen = await show.guest.detail(show.room)
    assert (seen["nnUsers"], seen["totalJoined"]) == (len(everybody), len(everybody))
    assert Counter((await show.members()).values()) == {"anchor": 2, "moderator": 1, "audience": VIEWERS + 1}


async def seat_four_of_seven(show: Show) -> None:
    """More apply than there are seats: approved, invited, refused, taken back, and too late."""
    await show.arrange(show.host, "seats/configure", seats=SEATS, mode="apply")
    applicants = [show.guest, *show.viewers[: APPLICANTS - 1]]
    asked = await all_of([phone.call("seats/apply", roomId=show.room) for phone in applicants])
    requests = [request["requestId"] for request in asked]
    assert [(await show.code(phone, "seats/take")) for phone in applicants[:1]] == [4100], "one applies here"
    for host, request in zip((show.host, show.second, show.moderator), requests, strict=False):
        await host.call("seats/approve", roomId=show.room, requestId=request)
    invited = show.viewers[APPLICANTS]
    invitation = await show.second.call("seats/invite", roomId=show.room, targetId=invited.user, seat=4)
    await show.transport.is_received(invited, "user.invited", kind="seat", requestId=invitation["requestId"])
    assert (await invited.call("seats/accept", roomId=show.room, requestId=invitation["requestId"]))["seat"] == 4
    await turn_away(show, applicants[3:], requests[3:])
    listed = await show.host.call("seats/list", roomId=show.room)
    assert [seat["userId"] for seat in listed["seats"]] == [*(one.user for one in applicants[:3]), invited.user]
    assert listed["requests"] == []
    assert Counter((await show.members()).values())["speaker"] == SEATS
    await show.act(show.moderator, "seats/mute", invited, audio=True)
    assert await show.code(invited, "seats/mute", audio=False) == 4102, "what a host has muted a host lifts"


async def turn_away(show: Show, applicants: Sequence[Phone], requests: Sequence[str]) -> None:
    """All seats are taken: one is refused, one thinks better of it, and the others' time runs out."""
    assert await show.code(show.host, "seats/approve", requestId=requests[0]) == 4200
    await show.moderator.call("seats/refuse", roomId=show.room, requestId=requests[0], reason="下次吧")
    await show.transport.receives(applicants[0], show.room, "seats.answered", requestId=requests[0], outcome="refused")
    await applicants[1].call("seats/cancel", roomId=show.room, requestId=requests[1])
    await show.transport.receives(show.host, show.room, "seats.answered", requestId=requests[1], outcome="cancelled")
    await show.world.wind(20, alive=[show.host])
    for phone, request in zip(applicants[2:], requests[2:], strict=True):
        await show.transport.receives(phone, show.room, "seats.answered", requestId=request, outcome="expired")
        assert await show.code(show.host, "seats/approve", requestId=request) == 3012


async def flood_the_chat(show: Show) -> None:
    """Everybody talks at once; limits bite, and the one message that matters reaches everybody."""
    talkers = show.viewers[-TALKERS:] * 2
    before = [show.say(phone, "哈哈哈") for phone in talkers]
    important = show.say(show.host, "五分钟后抽奖", priority="high")
    behind = [show.say(phone, "抽什么？") for phone in talkers[: TALKERS // 2]]
    codes = await all_of([*before, important, *behind])
    assert codes[len(before)] == 0, "an important one is not lost in a flood"
    assert set(codes) == {0, 3004}, Counter(codes)
    newest = await show.guest.call("messages/history", roomId=show.room, limit=100)
    (notice,) = (one["messageId"] for one in newest if one["priority"] == "high")
    assert newest == sorted(newest, key=lambda one: int(one["messageId"]), reverse=True)
    await all_of([show.transport.reads(phone, show.room, notice) for phone in (show.guest, show.second, *show.viewers)])
    await show.world.wind(11, alive=[show.host])
    alone = [await show.say(show.viewers[0], f"我说 {number}") for number in range(12)]
    assert alone == [*[0] * 10, 3004, 3004]


async def like(show: Show) -> int:
    """Likes by the thousand; a batch whose answer was lost comes again and counts once. Return how many there are."""
    batches = [(phone, f"{phone.user}-{number}") for phone in show.viewers for number in range(2)]
    await all_of([give(show, phone, batch) for phone, batch in [*batches, *batches]])
    likes = len(batches) * TAPS
    assert (await show.guest.call("rooms/like", roomId=show.room))["likes"] == likes + 1
    assert (await show.guest.detail(show.room))["star"] == likes + 1
    assert await show.code(show.guest, "rooms/like", count=0) == 2005
    await show.transport.receives(show.host, show.room, "room.likes", likes=likes + 1)
    return likes + 1


async def give(show: Show, phone: Phone, batch: str) -> None:
    """Send a batch of likes, again while the service has too much to do."""
    code = 3004
    while code == 3004:
        code = await show.code(phone, "rooms/like", count=TAPS, batchId=batch)
    assert code == 0


async def put_the_guest_out(show: Show) -> None:
    """A guest is muted, and kicked; the seat is free, and they may come back, muted as before."""
    room, guest = show.room, show.guest
    assert await show.say(guest, "买片加微信") == 0
    await show.moderator.call("messages/recall", roomId=room, messageId=show.said[-1])
    show.note(show.moderator, "messages/recall", guest)
    await show.act(show.moderator, "moderation/mute", guest, reason="广告")
    assert await show.say(guest, "凭什么") == 3003
    assert await show.code(guest, "moderation/kick", targetId=show.viewers[0].user) == 3000
    assert await show.code(show.moderator, "moderation/kick", targetId=show.host.user) == 3000
    await show.act(show.moderator, "moderation/kick", guest, reason="还在发")
    await show.transport.is_received(guest, "user.removed", roomId=room, reason="kicked", text="还在发")
    assert guest.user not in await show.members()
    assert guest.user not in {seat["userId"] for seat in (await show.host.call("seats/list", roomId=room))["seats"]}
    await guest.enter(room)
    assert await show.say(guest, "我又来了") == 3003


async def bar_the_guest(show: Show) -> None:
    """The guest is banned, and tries every way back."""
    room, guest, transport = show.room, show.guest, show.transport
    invitation = await show.second.call("seats/invite", roomId=room, targetId=guest.user)
    await show.act(show.moderator, "moderation/ban", guest, reason="屡教不改")
    await transport.is_received(guest, "user.removed", roomId=room, reason="banned")
    elsewhere = await transport.through(await show.world.sign_in("guest"))
    for phone in (guest, await refreshed(guest), elsewhere):
        assert [await show.code(phone, "rooms/enter_room", role=role) for role in ("audience", "anchor")] == [
            3002,
            3002,
        ]
        for path in ("rtc/credential", "seats/take", "seats/apply", "messages/send", "rooms/like", "rooms/metadata"):
            expected = 3007 if path == "rtc/credential" else 2004
            assert await show.code(phone, path, text="在吗") == expected, path
        accepted = await show.code(phone, "seats/accept", requestId=invitation["requestId"])
        assert accepted in (2004, 3012), "an invitation from before does not let them in"
    assert await transport.is_deaf(guest, room)
    assert await transport.is_deaf(elsewhere, room)
    assert await show.code(show.second, "seats/invite", targetId=guest.user) == 206
    assert await show.code(show.second, "rooms/invite", targetId=guest.user) == 3000
    assert guest.user not in await show.members()
    assert [one["userId"] for one in await show.host.call("moderation/banned", roomId=room)] == [guest.user]


async def hush(show: Show) -> None:
    """Slow mode, and then nobody but hosts and moderators writes."""
    room, viewer = show.room, show.viewers[1]
    await show.arrange(show.moderator, "rooms/set_options", slowMode=30)
    assert await show.code(show.moderator, "rooms/set_options", password="x") == 3000
    await show.transport.receives(viewer, room, "room.options_changed", slowMode=30)
    assert [await show.say(viewer, "一"), await show.say(viewer, "二")] == [0, 3004]
    assert [await show.say(show.second, "三"), await show.say(show.second, "四")] == [0, 0]
    await show.world.wind(31, alive=[show.host])
    assert await show.say(viewer, "五") == 0
    await show.arrange(show.moderator, "rooms/set_options", slowMode=0, muted=True)
    assert [await show.say(viewer, "六"), await show.say(show.moderator, "安静")] == [3003, 0]
    await show.arrange(show.host, "rooms/set_options", muted=False)
    assert await show.say(viewer, "七") == 0


async def lose_the_owner(show: Show) -> int:
    """The host's phone dies: the room is hidden, and after the grace the second anchor's. Return who was in at all."""
    await show.transport.dies(show.host)
    await until(show, lambda listed: listed is None)
    await until(show, lambda listed: listed is not None)
    found = await show.second.detail(show.room)
    assert (found["ownBy"], found["status"], found["nnUsers"]) == (show.second.user, 0, VIEWERS + 2)
    renamed = await show.second.call("rooms/update_room", roomId=show.room, title="继续")
    assert (renamed["title"], renamed["ownBy"]) == ("继续", show.second.user)
    await show.act(show.second, "rooms/set_role", show.viewers[2], role="moderator")
    await show.arrange(show.viewers[2], "seats/lock", seat=3, locked=True)
    assert await show.say(show.second, "大家继续") == 0
    return int(found["totalJoined"])


async def until(show: Show, is_so: Callable[[Any], bool]) -> None:
    """Let time pass, two minutes at most, until the list says of the room what is waited for."""
    for _ in range(12):
        await show.world.wind(10, step=timedelta(seconds=10))
        if is_so((await show.second.listed()).get(show.room)):
            return
    raise AssertionError("the list has not changed in two minutes")


async def close(show: Show) -> None:
    """The new owner ends the show."""
    await assert_agreement(show.world.core)
    await show.second.call("rooms/destroy_room", roomId=show.room)
    for path in ("seats/list", "messages/history", "rooms/options", "rooms/like"):
        assert await show.code(show.second, path) == 2004, path
    await show.world.run_jobs()
    await assert_agreement(show.world.core)


async def check_the_books(show: Show, joined: int, likes: int) -> None:
    """What is left in SQL adds up: stays, likes, messages, and who did what to whom."""
    rows, room = show.world.rows, f"room = '{show.room}'"
    stays = [
        (str(user), str(end), int(seat)) for user, end, seat in rows(_select("user_id, reason, seat", "stays", room))
    ]
    assert len({user for user, _, _ in stays}) == joined == VIEWERS + 4
    assert Counter(end for _, end, _ in stays) == {"closed": VIEWERS + 2, "lost": 1, "kicked": 2}
    assert not any(seat for _, _, seat in stays), "nobody has a seat any more"
    ((found, reason),) = rows(_select("likes, reason", "broadcasts", room))
    assert (int(found), str(reason)) == (likes, "destroyed")
    trail = rows(_select("actor, action, subject", "audit", f"{room} ORDER BY id"))
    received = [(str(actor), str(action), str(subject)) for actor, action, subject in trail]
    assert received == [(f"user:{by}", action, about) for by, action, about in show.done]
    messages = [
        (str(number), int(at)) for number, at in rows(_select("number, at", "messages", f"{room} ORDER BY number"))
    ]
    assert [number for number, _ in messages] == sorted(show.said, key=int), "each that was acknowledged, and no other"
    assert all(before <= after for (_, before), (_, after) in itertools.pairwise(messages))


async def open_the_next(show: Show) -> None:
    """The next evening begins with empty seats and an empty chat; who helps and who is barred is as it was."""
    host = await show.transport.through(await show.world.sign_in("host"))
    opened = await host.enter(show.room, "anchor")
    assert (opened["ownBy"], opened["nnUsers"], opened["totalJoined"], opened["star"]) == (host.user, 1, 1, 0)
    listed = await host.call("seats/list", roomId=show.room)
    assert not any(seat["userId"] or seat["locked"] for seat in listed["seats"])
    assert await host.call("messages/history", roomId=show.room) == []
    assert await show.code(show.guest, "rooms/enter_room", role="audience") == 3002
    assert (await show.moderator.enter(show.room))["role"] == "moderator"


def _select(columns: str, table: str, where: str) -> str:
    return f"SELECT {columns} FROM lr_{table} WHERE {where}"  # noqa: S608 - our own names
