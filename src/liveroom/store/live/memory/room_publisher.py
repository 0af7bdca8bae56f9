"""Publishes what happens in rooms: each change as events, which leave at once or at the room's pace."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from liveroom.domain.events.model import CROWD, LISTED, SAMPLE, Announcement, EventKind, Socket
from liveroom.domain.events.pace import PACED
from liveroom.domain.gifts.events import GiftEvent
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import at
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.rooms.model import CloseReason
from liveroom.ports import Clock, LiveListener
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.room_records import MemberRecord, RoomRecord


class RoomChange(NamedTuple):
    """One change in a room that its subscribers see."""

    kind: EventKind
    member: MemberRecord | None = None
    reason: str = ""
    data: bytes | None = None
    """What is told as JSON, of kinds that are announced in form."""
    by: UserId | None = None
    """Whose call it was, of these."""


class RoomPublisher:
    """Gathers every change of a room, and publishes it to the subscribers."""

    def __init__(self, clock: Clock, listeners: ListenerRegistry) -> None:
        self._clock = clock
        self._listeners = listeners
        self._subscribed: set[RoomId] = set()
        self._waiting: dict[RoomId, tuple[RoomRecord, asyncio.TimerHandle]] = {}

    def subscribe(self, room: RoomId) -> None:
        self._subscribed.add(room)

    def unsubscribe(self, room: RoomId) -> None:
        self._subscribed.discard(room)

    # --- changes ---------------------------------------------------------------------------------------------------

    def publish(self, room: RoomRecord, happened: Sequence[RoomChange], now: int) -> None:
        """Note what a change did; let it leave at once if it has to or may, else with what comes until the pace.

        What the list has to show first is kept back, and so is what comes after it. Where nobody listens nothing is
        told.
        """
        if not self._has_listeners(room, now):
            room.log.skip()
            return
        self._note(room, happened, now)
        if room.log.waiting:
            self._leave(room, happened, now)

    def _note(self, room: RoomRecord, happened: Sequence[RoomChange], now: int) -> None:
        when, crowded, summary = at(now), len(room.members) > CROWD, room.value()
        for kind, member, reason, data, by in happened:
            if data is not None:
                announced = Announcement("", kind, data, by, paced=kind in PACED)
                room.log.announce(announced, when, reason=reason)
                continue
            guest = None if member is None else member.guest()
            seen = summary if guest is None and kind is not EventKind.ROOM_CLOSED else None
            room.log.add(kind, when, reason=reason, member=guest, room=seen, crowded=crowded)

    def _leave(self, room: RoomRecord, happened: Sequence[RoomChange], now: int, *, urgent: bool = False) -> None:
        kinds = {one.kind for one in happened}
        if kinds & LISTED:
            room.log.hold(now, room.version)
        self._send(room, now, urgent=urgent or bool(kinds - PACED), closes=EventKind.ROOM_CLOSED in kinds)

    def announce(
        self, room: RoomRecord, announcement: Announcement, now: int, happened: Sequence[RoomChange] = ()
    ) -> None:
        """Note an announcement behind what else happened, and let it leave as a change would."""
        if not self._has_listeners(room, now):
            room.log.skip()
            return
        self._note(room, happened, now)
        if room.log.announce(announcement, at(now)):
            self._leave(room, happened, now, urgent=not announcement.paced)

    def say(self, room: RoomRecord, said: Announcement, now: int) -> None:
        """Note what was said, which a crowd of events does not keep from being told."""
        if not self._has_listeners(room, now):
            room.log.skip()
        elif room.log.announce(said, at(now), spared=True):
            self._leave(room, (), now, urgent=not said.paced)

    def give(self, room: RoomRecord, gifts: Sequence[GiftEvent], now: int) -> None:
        """Note a batch of gifts, which have been counted: urgent ones leave at once, the others at the room's pace."""
        if not self._has_listeners(room, now):
            room.log.skip()
            return
        room.log.give(gifts, at(now))
        self._send(room, now, urgent=any(gift.urgent for gift in gifts))

    def _send(self, room: RoomRecord, now: int, *, urgent: bool, closes: bool = False) -> None:
        if closes or room.log.leaves_in(now, urgent=urgent) == 0:
            self._publish(room, now)
        elif room.id not in self._waiting:
            self._wait(room, now)

    def _has_listeners(self, room: RoomRecord, now: int) -> bool:
        if room.id in self._subscribed:
            room.log.listen(now)
        return room.log.has_listeners(now)

    def close(self, room: RoomRecord, reason: CloseReason, now: int) -> None:
        """Tell a room's last words; the members of a crowd are not named in them."""
        members = () if len(room.members) > CROWD else room.in_order
        left = [RoomChange(EventKind.MEMBER_LEFT, member, LeaveReason.CLOSED) for member in members]
        self.publish(room, [*left, RoomChange(EventKind.ROOM_CLOSED, reason=reason)], now)

    def _wait(self, room: RoomRecord, now: int) -> None:
        seconds = room.log.leaves_in(now) / 1000
        self._waiting[room.id] = room, asyncio.get_running_loop().call_later(seconds, self._awake, room)

    def _awake(self, room: RoomRecord) -> None:
        """Publish when the time has come by the clock, which is not the loop's."""
        del self._waiting[room.id]
        now = read(self._clock)
        if not room.log.waiting:
            return
        if room.log.leaves_in(now) == 0:
            self._publish(room, now)
        else:
            self._wait(room, now)

    def release(self, room: RoomRecord, version: int) -> None:
        """Publish what was kept back until the list shows this version."""
        if room.log.waits_for(version):
            self._publish(room, read(self._clock))

    def publish_due(self) -> int:
        """Publish what is gathered and due; return of how many rooms."""
        now = read(self._clock)
        due = [room for room, _ in self._waiting.values() if room.log.waiting and room.log.leaves_in(now) == 0]
        for room in due:
            self._publish(room, now)
        return len(due)

    def _publish(self, room: RoomRecord, now: int) -> None:
        if waiting := self._waiting.pop(room.id, None):
            waiting[1].cancel()
        newcomers = [member.guest() for member in room.in_order[-SAMPLE:]]
        publication = room.log.publish(now, at(now), room.value(), newcomers)
        self._notify(room.id, lambda listener: listener.published(room.id, room.log.epoch, publication))

    # --- subscriptions ---------------------------------------------------------------------------------------------

    def joined(self, room: RoomRecord, socket: Socket) -> None:
        if not room.subscribers.crowded:
            self._notify(room.id, lambda listener: listener.joined(room.id, socket))

    def parted(self, room: RoomRecord, sockets: Iterable[Socket]) -> None:
        def say(listener: LiveListener) -> None:
            for socket in sockets:
                listener.parted(room.id, socket)

        if not room.subscribers.crowded:
            self._notify(room.id, say)

    def doubtful(self, rooms: Iterable[RoomId]) -> None:
        """Tell that these rooms have new epochs."""
        subscribed = [room for room in rooms if room in self._subscribed]
        if subscribed:
            self._listeners.notify(lambda listener: listener.doubtful(subscribed))

    def stop(self) -> None:
        """Wake up for no room any more."""
        for _, timer in self._waiting.values():
            timer.cancel()

    def _notify(self, room: RoomId, say: Callable[[LiveListener], None]) -> None:
        if room in self._subscribed:
            self._listeners.notify(say)


def differences(before: MemberRecord, after: MemberRecord) -> list[RoomChange]:
    """Return what others see of a member's change."""
    found: list[RoomChange] = []
    if before.shown is not after.shown:
        found.append(RoomChange(EventKind.ROLE_CHANGED, after))
    if (before.name, before.avatar) != (after.name, after.avatar):
        found.append(RoomChange(EventKind.PROFILE_CHANGED, after))
    return found
