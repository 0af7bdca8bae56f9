"""Somebody who has done everything that can be done deletes their account: no copy of the database knows them then."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.privacy.erasures import ROUNDS
from liveroom.settings.values import FixedCode
from liveroom.store.sql.tables import metadata
from tests.service import CODE
from tests.stories.conftest import running
from tests.stories.transports import http_transport, socket_transport
from tests.stories.world import Phone, World
from tests.webhooks.receiver import Receiver, listening

NAME: Final = "Zerbinetta"
USERNAME: Final = "zerbi-login"
PHONE: Final = "8613912345678"
EMAIL: Final = "zerbinetta@example.org"
PICTURE: Final = "https://cdn.example.org/zerbi.png"
TITLE: Final = "Zerbinettas Abend"
SAID: Final = "ich bin Zerbinetta, zerbi@example.org"
MARKS: Final = ("zerbi", "13912345678")
"""What only she can have left, in any writing."""
TRACES: Final = (
    *("users", "credentials", "contacts", "rooms", "metadata", "broadcasts", "stays", "messages"),
    *("reports", "access_records", "audit", "events", "evidence", "room_terms"),
)
"""The tables that know her before."""
_LONG: Final = timedelta(seconds=20)


async def test_nothing_of_somebody_is_left_when_their_account_is_gone(world_here: World) -> None:
    codes = (FixedCode(PHONE, CODE), FixedCode(EMAIL, CODE))
    world_here.settings = replace(world_here.settings, test_codes=codes)
    async with running(world_here) as world, received(world) as receiver, http_transport(world):
        host, zerbi, other = [await world.register(name) for name in ("host", USERNAME, "other")]
        await _introduce(world, zerbi)
        room = await _live_through(world, host, zerbi, other)
        async with socket_transport(world) as sockets:
            await _listen(world, zerbi, other, room, sockets)
        await world.wind(1)
        assert set(_found(world)) == {f"lr_{name}" for name in TRACES}, "she has left traces everywhere"
        sums = _sums(world)
        known = len(receiver.taken)
        await zerbi.call("auth_users/user_delete")
        await _rounds(world)
        assert _found(world).keys() == {"lr_evidence"}, "kept for who decides on the report about somebody else"
        assert _sums(world) == sums
        await _deliver(world)
        later = json.dumps(receiver.taken[known:], ensure_ascii=False).casefold()
        assert "user.deleted" in later
        assert not any(mark in later for mark in MARKS), "who had not heard of her hears no name any more"
        await _look_at_what_is_left(world, host, other, room, zerbi.user)


@asynccontextmanager
async def received(world: World) -> AsyncIterator[Receiver]:
    """Yield whom a webhook tells everything, as far as it is delivered."""
    async with listening() as receiver:
        webhook = await world.core.outward.webhooks.add(DEFAULT_TENANT, receiver.url)
        receiver.secrets.append(webhook.secrets[0].text)
        await world.core.jobs.configuration.refresh()
        try:
            yield receiver
        finally:
            await world.core.outward.close()


async def _introduce(world: World, zerbi: Phone) -> None:
    """Give her a name, a picture, a number and a mailbox."""
    await zerbi.call("auth_users/user_update", name=NAME, avatar=PICTURE, tag="zerbi", tag2="zerbi")
    for contact in ({"phone": PHONE}, {"email": EMAIL}):
        asked = await zerbi.call("auth_users/user_verify_by_picture", **contact)
        proof = {**contact, "sessionId": asked["sessionId"], "code": CODE}
        await zerbi.call("auth_users/user_update", **proof)
    await _deliver(world)


async def _live_through(world: World, host: Phone, zerbi: Phone, other: Phone) -> str:
    """Let her do everything: two shows of her own, one to come, and an evening in somebody else's room."""
    own = await zerbi.go_live(title=TITLE)
    await zerbi.call("rooms/update_room", roomId=own, cover=PICTURE, subject=TITLE, description=TITLE)
    await zerbi.call("rooms/set_options", roomId=own, password="zerbi")
    await zerbi.call("rooms/set_metadata", roomId=own, metadata=json.dumps({"star": NAME}), version=0)
    await zerbi.call("messages/send", roomId=own, text=SAID)
    await zerbi.call("rooms/set_role", roomId=own, targetId=other.user, role="moderator")
    await zerbi.call("rooms/destroy_room", roomId=own)
    start = world.clock.now() + timedelta(days=1)
    await zerbi.call("rooms/schedule", title=TITLE, startUtc=f"{start:%Y-%m-%d %H:%M:%S}")
    await zerbi.call("rooms/generate_roomid", title=TITLE)
    room = await host.go_live(title="Ein Abend")
    await host.call("seats/configure", roomId=room, seats=4, mode="free")
    for phone in (zerbi, other):
        await phone.enter(room)
    await zerbi.call("seats/take", roomId=room)
    await zerbi.call("rooms/like", roomId=room, count=7)
    await other.call("messages/send", roomId=room, text="hallo")
    said = await zerbi.call("messages/send", roomId=room, text=SAID)
    await zerbi.call("messages/send", roomId=room, data=json.dumps({"text": SAID}))
    taken_back = await zerbi.call("messages/send", roomId=room, text=SAID)
    await zerbi.call("messages/recall", roomId=room, messageId=taken_back["messageId"])
    await zerbi.call("moderation/report", roomId=room, targetId=other.user, reason="spam", text=SAID)
    await other.call(
        "moderation/report", roomId=room, targetId=zerbi.user, messageId=said["messageId"], reason="spam", text=NAME
    )
    await host.call("moderation/mute", roomId=room, targetId=zerbi.user, seconds=60, reason=f"{NAME} ist laut")
    await world.core.moderation.name_admin(UserId(zerbi.user), admin=True)
    await zerbi.call("moderation/mute", roomId=room, targetId=other.user, seconds=60, reason="zu laut")
    await world.core.jobs.backlog.write_all()
    return room


async def _listen(world: World, zerbi: Phone, other: Phone, room: str, sockets: Any) -> None:
    """Let her come once more, through the socket, and stay while she deletes her account."""
    line = await sockets.through(await world.sign_in(USERNAME))
    await line.enter(room)
    await sockets.listen(line, room)
    await line.call("auth_users/user_update", name=f"{NAME} II")
    await line.leave(room)
    await zerbi.enter(room)


async def _deliver(world: World) -> None:
    while await world.core.outward.workers.run(_LONG):
        pass


async def _rounds(world: World) -> None:
    """Let time pass until the last round is over."""
    await world.run_jobs()
    for begins in ROUNDS:
        await world.core.jobs.deleted_users.erase()
        world.clock.advance(begins + timedelta(minutes=1))
        await world.run_jobs()
    await world.core.jobs.deleted_users.erase()


def _dump(world: World) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    return {
        name: [repr(list(row)) for row in world.rows(f"SELECT * FROM {name}")]  # noqa: S608 - our names
        for name in metadata.tables
    }


def _found(world: World) -> dict[str, list[str]]:
    """Return the rows that know her, by table."""
    found = {
        name: [row for row in rows if any(mark in row.casefold() for mark in MARKS)]
        for name, rows in _dump(world).items()
    }
    return {name: rows for name, rows in found.items() if rows}


def _sums(world: World) -> Any:
    """Return what broadcasts are added up from: who was there, how often, what was said, and liked."""
    people: dict[str, set[str]] = {}
    for broadcast, user in world.rows("SELECT broadcast, user_id FROM lr_stays"):
        people.setdefault(str(broadcast), set()).add(str(user))
    said = Counter(str(row[0]) for row in world.rows("SELECT broadcast FROM lr_messages"))
    likes = sorted((str(id), int(count)) for id, count in world.rows("SELECT id, likes FROM lr_broadcasts"))
    stays = sorted(str(row[0]) for row in world.rows("SELECT id FROM lr_stays"))
    return {broadcast: len(users) for broadcast, users in people.items()}, said, likes, stays


async def _look_at_what_is_left(world: World, host: Phone, other: Phone, room: str, gone: str) -> None:
    """The room goes on: what she said is there without words, and her number leads nowhere."""
    history = await host.call("messages/history", roomId=room)
    hers = [message for message in history if message["userId"].startswith("gone-")]
    assert len(hers) == 3
    assert {(message["name"], message["avatar"], message["text"], message["data"]) for message in hers} == {
        ("", "", "", None)
    }
    assert [message["text"] for message in history if message["userId"] == other.user] == ["hallo"]
    assert gone not in json.dumps(history)
    assert (await host.reply("auth_users/user_query", searchUserId=gone))["errorCode"] == 206
    assert (await other.call("rooms/scheduled")) == []
    assert gone not in await host.members(room)
    assert (await world.register(USERNAME)).user != gone, "the name is free, the number is not"
    there, joined = await host.members(room), (await host.detail(room))["totalJoined"]
    await world.core.outward.close()
    await world.lose_live()
    await host.keepalive()
    assert (await host.members(room), (await host.detail(room))["totalJoined"]) == (there, joined)
