"""Random walks through the real calls: whoever reads what was told knows rooms, members and users as they are."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from liveroom.domain.accounts.users import FOR_EVER
from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.events.stays import KINDS
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.payloads import instant_text
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room, RoomStatus
from tests import migrated
from tests.recorded_events.rebuilding import VERDICTS, Rebuilt, assert_numbered, everybody, read_events
from tests.servers import Mariadb, Redis
from tests.service import Device, Service, serving

STEPS = 70
_ROLES = ("audience", "audience", "anchor")


@pytest.fixture(params=["embedded", pytest.param("mariadb+redis", marks=pytest.mark.services)])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Yield a service of whose doings somebody wants to hear everything."""
    backend: dict[str, Any] = {}
    if request.param != "embedded":
        mariadb: Mariadb = request.getfixturevalue("mariadb")
        redis: Redis = request.getfixturevalue("redis_server")
        redis.flushall()
        backend = {"database_url": migrated.mariadb_url(mariadb), "redis_url": redis.url}
    policies: dict[str, Any] = {"host_policies": "ktv:hosts", "guest_limit": 0}
    async with serving(tmp_path, others=everybody, **policies, **backend) as running:
        yield running


@dataclass
class Walk:
    """People who do this and that."""

    service: Service
    chance: random.Random
    people: list[Device] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)

    async def step(self) -> None:
        """Let somebody do something; what cannot be done is refused, as it would be."""
        acts: Mapping[Callable[[], Awaitable[object]], int] = {
            self.come: 2,
            self.open: 3,
            self.enter: 8,
            self.leave: 3,
            self.update: 3,
            self.close: 1,
            self.rename: 2,
            self.wait: 3,
            self.moderate: 1,
            self.keep_order: 4,
        }
        (act,) = self.chance.choices(list(acts), list(acts.values()))
        await act()

    async def come(self) -> None:
        if len(self.people) < 7:
            account = await self.service.register()
            self.people.append(await account.sign_in(nickname=f"n{len(self.people)}"))

    async def open(self) -> None:
        host = self._somebody()
        category = self.chance.choice(["ktv", "show"])
        if (await host.enter(host.user, "anchor", category=category, title="t")).code == 0:
            self.rooms = sorted({*self.rooms, host.user})

    async def enter(self) -> None:
        await self._somebody().enter(self._room(), self.chance.choice(_ROLES))

    async def leave(self) -> None:
        await self._somebody().leave(self._room())

    async def update(self) -> None:
        room = self._room()
        changes = {"title": f"t{self.chance.randrange(99)}", "capacity": self.chance.choice([0, 5])}
        owner = [one for one in self.people if one.user == room] or self.people
        await owner[0].call("rooms/update_room", {"roomId": room, **changes})

    async def close(self) -> None:
        room = self._room()
        for device in self.people:
            await device.call("rooms/destroy_room", {"roomId": room})

    async def rename(self) -> None:
        await self._somebody().call("auth_users/user_update", {"name": f"name{self.chance.randrange(99)}"})

    async def wait(self) -> None:
        """Let some fall silent: their places end, rooms without a host are handed on or closed."""
        for _ in range(self.chance.choice([1, 4])):
            self.service.clock.advance(timedelta(seconds=45))
            for device in self.people[: self.chance.randrange(len(self.people) + 1)]:
                await device.call("auth_users/user_keepalive")
            await self.service.tick()

    async def moderate(self) -> None:
        device, moderation = self._somebody(), self.service.core.moderation
        match self.chance.randrange(4):
            case 0:
                await moderation.ban(UserId(device.user), FOR_EVER, "spam")
            case 1:
                await moderation.ban(UserId(device.user), self.service.clock.now() + timedelta(days=1), "")
            case 2:
                await moderation.unban(UserId(device.user))
                self.people[self.people.index(device)] = await device.account.sign_in()
            case _ if len(self.people) > 3:
                await device.call("auth_users/user_delete")
                self.people.remove(device)

    async def keep_order(self) -> None:
        """Let an owner do this and that to somebody."""
        room = self._room()
        others = [one for one in self.people if one.user != room]
        role = self.chance.choice(["moderator", "anchor", "audience"])
        acts = ["rooms/set_role", "rooms/transfer_owner", "moderation/report"]
        acts += [f"moderation/{what}" for what in ("mute", "unmute", "kick", "ban", "unban")]
        asked = {"roomId": room, "targetId": self.chance.choice(others).user, "role": role, "reason": "spam"}
        owners = [one for one in self.people if one.user == room] or self.people
        for act in self.chance.sample(acts, 3):
            await owners[0].call(act, asked)

    async def hand_over(self) -> None:
        """Let a host leave the room to another one, who is an admin and came as audience, under another name."""
        host, heir = await self.service.sign_up(), await self.service.sign_up()
        await self.service.name_admin(heir)
        room = await host.go_live(category="show")
        await heir.enter(room)
        await heir.call("auth_users/user_update", {"name": "heir"})
        await heir.enter(room, "anchor")
        await host.leave(room)
        for _ in range(2):
            self.service.clock.advance(timedelta(seconds=45))
            await heir.call("auth_users/user_keepalive")
            await self.service.tick()
        self.people += [host, heir]

    def _somebody(self) -> Device:
        return self.chance.choice(self.people)

    def _room(self) -> str:
        return self.chance.choice(self.rooms or ["40000001"])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_what_was_told_says_how_everything_is(service: Service, seed: int) -> None:
    walk = Walk(service, random.Random(seed))
    for _ in range(3):
        await walk.come()
    for _ in range(STEPS):
        await walk.step()
        if walk.chance.random() < 0.1:
            await assert_recorded(service)
    await walk.hand_over()
    await assert_recorded(service)
    events = await read_events(service.core.db)
    for device in walk.people:
        await device.call("auth_users/user_delete")
    await assert_recorded(service)
    kinds = {event.kind for event in events}
    assert kinds >= {*(f"room.{what}" for what in ("opened", "updated", "closed", "owner_changed")), *KINDS}
    assert kinds & VERDICTS
    assert kinds >= {f"user.{what}" for what in ("registered", "updated")}


async def assert_recorded(service: Service) -> None:
    """Let everything settle; then compare what was told with what there is."""
    for _ in range(2):
        await service.tick()
    events = await read_events(service.core.db)
    assert_numbered(events)
    for event in events:
        msgspec.convert(event.data, EVENT_PAYLOADS[event.kind], strict=True)
    rebuilt = Rebuilt().read(events)
    for id, recorded in rebuilt.rooms.items():
        room = await service.core.db.rooms.get(RoomId(id))
        assert room is not None
        assert recorded | facts_of(room) == recorded, id
        assert rebuilt.members(id) == await members_of(service, room), id
    for id, user in rebuilt.users.items():
        row = await service.core.db.users.get(UserId(id))
        assert row is not None
        assert row.deleted is None
        assert (user["name"], user["avatar"], user["tag"]) == (row.name, row.avatar, row.tag)


def facts_of(room: Room) -> dict[str, Any]:
    """Return what has to be known of a room, in words of its row."""
    return {
        "broadcastId": room.broadcast,
        "state": room.state.value,
        "holderId": room.holder,
        "ownerId": room.owner,
        "createdBy": room.created_by,
        "updatedBy": room.updated_by,
        "category": room.category,
        "title": room.title,
        "cover": room.cover,
        "subject": room.subject,
        "description": room.description,
        "capacity": room.capacity,
        "type": room.kind,
        "star": room.star,
        "barred": room.delisted,
        "access": room.options.access.value,
        "hasPassword": room.options.password != "",
        "muted": room.options.muted,
        "pinnedMessageId": str(room.options.pinned.number) if room.options.pinned else "",
        "endsAt": instant_text(room.options.ends) if room.options.ends else None,
        "openedAt": instant_text(room.opened),
        "updatedAt": instant_text(room.updated),
        "rev": room.rev,
    }


async def members_of(service: Service, room: Room) -> dict[str, tuple[str, str, str]]:
    """Return who is in the room now."""
    if room.state is not RoomStatus.LIVE:
        return {}
    found = await service.core.live.members(room.tenant, room.id, after=0, offset=0, limit=100)
    came_as = {Role.MODERATOR: Role.AUDIENCE, Role.SPEAKER: Role.AUDIENCE}
    return {member.user: (member.name, member.avatar, came_as.get(member.role, member.role).value) for member in found}
