"""What people say and read in the rooms of a test, in one line each."""

import itertools
import json
from dataclasses import replace
from typing import Any, Final

from liveroom.domain.events.model import Announcement, Event, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.messages.model import Allowed, Draft, Message, MessageType, Priority
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.rooms.options import RoomOptions
from liveroom.ports import Said, Saying, TalkPage
from tests.store.live.listener import R1, RecordingListener, listen
from tests.store.live.world import World

FREELY: Final = Allowed(each=0, room=10_000)
_ids = itertools.count(1)


def saying(user: str, text: str = "hi", *, room: RoomId = R1, allowed: Allowed = FREELY, **given: Any) -> Saying:
    """Return what somebody wants to say; ``given`` are fields of the draft, ``id``, and others of the saying."""
    about = {name: given.pop(name) for name in ("admin", "tenant", "quote", "follows") if name in given}
    key = given.get("key", "")
    id = given.pop("id", "") or key or f"id {next(_ids)}"
    kind = MessageType.TEXT if user else MessageType.NOTICE
    draft = Draft(**{"type": kind, "priority": Priority.NORMAL, "text": text, **given})
    return Saying(DEFAULT_TENANT, room, UserId(user), draft, id, allowed)._replace(**about)


async def watched_room(world: World) -> RecordingListener:
    """Return the listener to room r1, in which ann hosts and bob and cid watch."""
    listener = await listen(world)
    await world.go_live()
    await world.enter("bob")
    await world.enter("cid")
    await listener.new_events()
    return listener


async def say(world: World, user: str, text: str = "hi", **given: Any) -> Message:
    """Say something; it has to be new."""
    said = await world.live.talk.say(saying(user, text, **given))
    assert said.message is not None
    return said.message


async def say_again(world: World, user: str, text: str = "hi", **given: Any) -> Said:
    return await world.live.talk.say(saying(user, text, **given))


async def page(world: World, user: str = "bob", *, before: int | None = None, limit: int = 50) -> TalkPage:
    return await world.live.talk.page(R1, DEFAULT_TENANT, UserId(user), before=before, limit=limit)


async def texts(world: World, user: str = "bob", **asked: Any) -> list[str]:
    """Return what a page shows, the oldest first."""
    return [message.text for message in reversed((await page(world, user, **asked)).messages)]


def messages_of(listener: RecordingListener) -> list[Event]:
    """Return what was heard of messages."""
    kinds = {EventKind.MESSAGE_SENT, EventKind.MESSAGE_RECALLED, EventKind.ROOM_NOTICE}
    return [event for event in listener.events() if event.kind in kinds]


def received_texts(listener: RecordingListener) -> list[str]:
    """Return the texts that were heard, in their order."""
    return [json.loads(event.data or b"")["text"] for event in messages_of(listener) if event.kind in SAID_KINDS]


SAID_KINDS: Final = (EventKind.MESSAGE_SENT, EventKind.ROOM_NOTICE)


async def arrange(world: World, **options: Any) -> None:
    """Give room r1 other options."""
    row, policy, card = world.recovery.rooms[R1]
    await world.put(replace(row, rev=row.rev + 1, options=replace(row.options, **options)), policy, card)


async def stand(world: World, user: str, **access: Any) -> None:
    """Give somebody an access record in room r1."""
    row, _, _ = world.recovery.rooms[R1]
    rev = len(world.recovery.room_access.setdefault(R1, [])) + 1
    found = RoomAccess(R1, UserId(user), DEFAULT_TENANT, rev=rev, updated=world.clock.now(), **access)
    world.recovery.room_access[R1].append(found)
    await world.live.put_room_access(found, Announcement("", EventKind.STANDING_CHANGED, b"{}", row.owner))


GUARDED: Final = RoomOptions(guarded=True)
