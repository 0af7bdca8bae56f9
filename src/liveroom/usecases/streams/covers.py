"""Live covers: every 30 seconds a frame of a room's stream becomes the picture that lists show of it.

Each frame is due at a time that stands in the stream's row; whichever process puts that off takes it. A frame goes the
way of every picture that is uploaded: it is made anew without anything else that is in it, modules and the operator's
server may refuse it, and one that nothing shows any more is removed. Where none can be had, the former one stays.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from secrets import token_hex
from typing import Final

import structlog

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.outbox import OutboxRow, RoomChanged
from liveroom.domain.ids import RoomId, new_id
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.streams.covers import COVERS_EVERY, DueCover, cover_stream, frame_address
from liveroom.domain.streams.lifecycle import PushedStream
from liveroom.domain.uploads.failures import UploadForbidden, UploadRefused
from liveroom.domain.uploads.model import ENDINGS, JPEG, LIVE_COVER_EVERY, Purpose, Upload, UploadState
from liveroom.domain.vendors.model import VendorFailure
from liveroom.ports import Clock, Database, FrameSource, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.streams.rows import StreamChanges
from liveroom.usecases.streams.servers import StreamServers
from liveroom.usecases.uploads.intake import Publishing

log = structlog.get_logger("liveroom.streams")

_AT_ONCE: Final = 4
"""Frames that one process takes at the same time."""
_PLAYED_FOR: Final = timedelta(minutes=2)
"""How long the address is good that a frame is taken from."""


@dataclass(frozen=True, slots=True)
class CoverWriter:
    """Writes frames as pictures of rooms, whoever took them."""

    db: Database
    clock: Clock
    relay: OutboxRelay

    async def show(self, id: RoomId, cover: str, *, gives: Callable[[Room], bool]) -> None:
        """Have lists show a frame of a live room, where ``gives`` still says so of it."""

        async def work(tx: Tx) -> OutboxRow | None:
            room = await tx.rooms.lock(id)
            if room is None or room.state is not RoomStatus.LIVE or not gives(room) or room.options.live_cover == cover:
                return None
            await tx.rooms.put(replace(room, options=replace(room.options, live_cover=cover), rev=room.rev + 1))
            return await tx.outbox.add(room.tenant, RoomChanged(room.id), self.clock.now())

        row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])


@dataclass(frozen=True, slots=True)
class LiveCovers:
    """Takes them. ``frames`` None: nothing can, so that rooms show their own pictures."""

    changes: StreamChanges
    writer: CoverWriter
    servers: StreamServers
    publishing: Publishing
    frames: FrameSource | None

    async def run(self) -> int:
        """Take the frames that are due, some at a time; return how many were."""
        due = await self.changes.db.push_streams.covers_due(self.changes.now(), _AT_ONCE)
        if self.frames is None or self.publishing.store is None:
            return 0
        await asyncio.gather(*(self._take(self.frames, one) for one in due))
        return len(due)

    async def _take(self, frames: FrameSource, one: DueCover) -> None:
        rows, following = self.changes.db.push_streams, self.changes.now() + COVERS_EVERY
        if not await rows.put_cover_off(one.stream.id, one.due, following):
            return
        room = await self.changes.db.rooms.get(one.stream.room)
        address = "" if room is None or not _gives_cover(room, one.stream) else self._address(one.stream)
        if room is None or not address:
            await rows.put_cover_off(one.stream.id, following, None)
            return
        try:
            shown = await self._publish(one.stream, await frames.take(address))
        except (VendorFailure, ProviderUnavailable, UploadRefused) as failure:
            log.info("live_cover.not_taken", stream=one.stream.id, room=room.id, cause=str(failure))
            return
        except UploadForbidden as forbidden:
            log.info("live_cover.forbidden", stream=one.stream.id, room=room.id, cause=forbidden.detail)
            shown = ""
        await self.writer.show(room.id, shown, gives=lambda locked: _gives_cover(locked, one.stream))

    def _address(self, stream: PushedStream) -> str:
        """Return where a frame is taken from: where the host themselves would watch; "": nowhere."""
        server = self.servers.of(stream)
        if server is None:
            return ""
        return frame_address(server.play_addresses(stream.name, stream.user, self.changes.now() + _PLAYED_FOR))

    async def _publish(self, stream: PushedStream, frame: bytes) -> str:
        """Publish a frame; return its address. Raises ``UploadRefused``, ``UploadForbidden``, ``ProviderUnavailable``.

        Its row is there before it is in the store, as with every upload.
        """
        store, now = self.publishing.open(), self.changes.now()
        copy = await self.publishing.checker.copy(Purpose.LIVE_COVER, JPEG, frame)
        upload = Upload(
            id=new_id(now),
            tenant=stream.tenant,
            user=stream.user,
            purpose=Purpose.LIVE_COVER,
            content_type=copy.content_type,
            size=len(copy.content),
            created=now,
            look_at=now + LIVE_COVER_EVERY,
            room=stream.room,
            state=UploadState.PUBLISHED,
            key=f"{token_hex(16)}{ENDINGS[JPEG]}",
            width=copy.width,
            height=copy.height,
            finished=now,
        )
        await self.publishing.ask(upload, copy)
        await self.changes.db.uploads.add(upload)
        await store.publish(upload.key, copy)
        return store.url(upload.key)


def _gives_cover(room: Room, stream: PushedStream) -> bool:
    """Say whether lists show frames of this stream as the room's picture."""
    giving = cover_stream(room.options.streams)
    allowed = room.state is RoomStatus.LIVE and room.options.takes_covers
    return allowed and giving is not None and giving.id == stream.id
