"""Unused files: what was never finished, what nothing shows any more, and what deleted users have left."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from liveroom import faults
from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.uploads.model import (
    CLAIM,
    LIVE_COVER_EVERY,
    LOOKED_AT_EVERY,
    OF_GIFTS,
    Purpose,
    Upload,
    UploadState,
)
from liveroom.ports import Clock, Database, FileStore
from liveroom.usecases.uploads.app_pictures import AppPictures

log = structlog.get_logger("liveroom.uploads")

_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class UnusedFiles:
    """Removes files. Each step may be repeated, and each upload is looked at by one process at a time."""

    db: Database
    clock: Clock
    store: FileStore | None
    app_pictures: AppPictures
    messages_keep: timedelta
    """How long messages are kept, and their pictures with them; 0: for ever."""

    async def remove(self) -> int:
        """Look at uploads that are due; return how many were removed."""
        removed = 0
        for upload in await self.db.uploads.due(self.clock.now(), _AT_ONCE):
            try:
                removed += await self._look_at_one(upload)
            except ProviderUnavailable as failure:
                log.warning("upload.not_removed", upload=upload.id, cause=repr(failure.__cause__ or failure))
                break
        return removed

    async def _look_at_one(self, upload: Upload) -> bool:
        if upload.purpose is Purpose.COS and self.app_pictures.bucket is not None:
            return await self.app_pictures.look_at(upload)
        if upload.purpose is not Purpose.COS and self.store is not None:
            return await self._look_at(self.store, upload)
        await self.db.uploads.put_off(upload, self.clock.now() + LOOKED_AT_EVERY)  # its store is not there any more
        return False

    async def _look_at(self, store: FileStore, upload: Upload) -> bool:
        now = self.clock.now()
        if not await self.db.uploads.put_off(upload, now + CLAIM):
            return False
        if upload.state is UploadState.PUBLISHED:
            if await self._is_shown(upload):
                again = LIVE_COVER_EVERY if upload.purpose is Purpose.LIVE_COVER else LOOKED_AT_EVERY
                await self.db.uploads.put_off(await self._again(upload), now + again)
                await store.discard(upload.id)
                return False
            await self.db.uploads.remove(upload.id)
        await store.discard(upload.id)
        if upload.key:
            await store.withdraw(upload.key)
        faults.point("upload.withdrawn")
        await self.db.uploads.drop(upload.id)
        return True

    async def _again(self, upload: Upload) -> Upload:
        return await self.db.uploads.get(upload.id) or upload

    async def _is_shown(self, upload: Upload) -> bool:
        """Say whether something shows a published file."""
        rows = self.db.uploads
        if upload.purpose is Purpose.AVATAR:
            return upload.key in await rows.avatar_of(upload.user)
        if upload.purpose is Purpose.COVER:
            return any(upload.key in cover for cover in await rows.covers(upload.user, upload.room))
        if upload.purpose is Purpose.LIVE_COVER:
            room = await self.db.rooms.get(upload.room)
            return room is not None and upload.key in (room.options.live_cover or "")
        if upload.purpose in OF_GIFTS:
            return any(upload.key in address for address in await rows.of_gifts(upload.tenant))
        if self.messages_keep and upload.finished is not None:
            return upload.shown and self.clock.now() < upload.finished + self.messages_keep
        return upload.shown
