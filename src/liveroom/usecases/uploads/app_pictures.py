"""Pictures of shipped apps: they put them into the operator's bucket at COS by themselves, and show that very object.

So it is looked at afterwards: a good one is replaced by a copy without metadata, a bad one is removed, also from the
profile of whoever shows it. Once more that is done when the app can change it no longer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Final

import structlog

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import NotOffered, UserNotFound
from liveroom.domain.ids import new_id
from liveroom.domain.uploads.failures import UploadRefused
from liveroom.domain.uploads.model import (
    CLAIM,
    JPEG,
    LOOKED_AT_EVERY,
    PERMITTED,
    RULES,
    Copy,
    Permit,
    Purpose,
    Upload,
    UploadState,
)
from liveroom.ports import AppBucket, Clock, Database, Live
from liveroom.usecases.accounts.profiles import ProfileChanges, ProfileWriter
from liveroom.usecases.uploads.intake import Publishing, Quota

log = structlog.get_logger("liveroom.uploads")

MOST: Final = RULES[Purpose.COS].most
_SOON: Final = timedelta(seconds=30)
_AFTER: Final = timedelta(seconds=60)
"""How long after the keys have ended it is looked for the last time: what had begun is over then."""
_CATEGORIES: Final = frozenset({"avatar", "cover"})


@dataclass(frozen=True, slots=True)
class AppPictures:
    """Lets shipped apps put pictures, and looks at them."""

    db: Database
    live: Live
    clock: Clock
    bucket: AppBucket | None
    publishing: Publishing
    quota: Quota
    profiles: ProfileWriter

    async def permit(self, actor: Actor, category: str) -> tuple[Permit, str, str]:
        """Return keys for one picture, the name that it will have, and its address.

        Raises ``NotOffered``, ``RateLimited``, ``ProviderUnavailable``.
        """
        if self.bucket is None:
            raise NotOffered
        await self.quota.check(self.live, actor.user, MOST)
        key = f"{category if category in _CATEGORIES else 'picture'}/{token_hex(16)}.jpg"
        permit, now = await self.bucket.permit(key, PERMITTED, MOST), self.clock.now()
        await self.db.uploads.add(
            Upload(
                id=new_id(now),
                tenant=actor.tenant.name,
                user=actor.user,
                purpose=Purpose.COS,
                content_type=JPEG,
                size=0,
                created=now,
                look_at=now + _SOON,
                key=key,
            )
        )
        return permit, key, self.bucket.url(key)

    async def look_at(self, upload: Upload) -> bool:
        """Look at a picture that is due; say whether it was removed."""
        now = self.clock.now()
        if self.bucket is None or not await self.db.uploads.put_off(upload, now + CLAIM):
            return False
        if upload.state is UploadState.WAITING:
            return await self._look_into(self.bucket, upload, now)
        if upload.state is UploadState.PUBLISHED and await self._is_shown(upload):
            await self.db.uploads.put_off(replace(upload, look_at=now + CLAIM), now + LOOKED_AT_EVERY)
            return False
        return await self._remove(self.bucket, upload)

    async def _look_into(self, bucket: AppBucket, upload: Upload, now: datetime) -> bool:
        ends = upload.created + PERMITTED + _AFTER
        is_last = now >= ends
        content = await bucket.read(upload.key, MOST + 1)
        if content is None:
            if is_last:
                await self.db.uploads.drop(upload.id)
            else:
                await self.db.uploads.put_off(replace(upload, look_at=now + CLAIM), min(now + _SOON, ends))
            return False
        until = now + CLAIM
        if not await self.db.uploads.claim(upload.id, now, until, upload.key):
            return False
        try:
            copy = await self._good(bucket, upload, content)
        except UploadRefused as refused:
            await self._refuse(bucket, upload, refused)
            if is_last:
                await self.db.uploads.drop(upload.id)
            else:
                await self.db.uploads.settle(replace(upload, look_at=ends), until)
            return True
        looked = replace(
            upload,
            size=len(copy.content),
            width=copy.width,
            height=copy.height,
            finished=now,
            detail=_digest(copy.content),
            look_at=now + LOOKED_AT_EVERY if is_last else ends,
            state=UploadState.PUBLISHED if is_last else UploadState.WAITING,
        )
        await self.db.uploads.settle(looked, until)
        return False

    async def _good(self, bucket: AppBucket, upload: Upload, content: bytes) -> Copy:
        """Have a copy in the picture's place, unless it is there already. Raises ``UploadRefused``."""
        if upload.detail == _digest(content):
            return Copy(content, JPEG, upload.width, upload.height)
        if len(content) > MOST:
            raise UploadRefused("larger than is allowed")
        copy = await self.publishing.checker.copy(Purpose.COS, JPEG, content)
        await self.publishing.ask(upload, copy)
        await bucket.write(upload.key, copy)
        return copy

    async def _refuse(self, bucket: AppBucket, upload: Upload, refused: UploadRefused) -> None:
        """Remove a bad picture, and take it out of the profile of whoever has put it there."""
        log.info("upload.refused", upload=upload.id, purpose=upload.purpose.value, why=refused.detail)
        await bucket.remove(upload.key)
        if upload.key in await self.db.uploads.avatar_of(upload.user):
            await self.profiles.change(upload.user, upload.tenant, ProfileChanges(avatar=""), UserNotFound)

    async def _remove(self, bucket: AppBucket, upload: Upload) -> bool:
        await bucket.remove(upload.key)
        await self.db.uploads.drop(upload.id)
        return True

    async def _is_shown(self, upload: Upload) -> bool:
        shown = [await self.db.uploads.avatar_of(upload.user), *await self.db.uploads.covers(upload.user, "")]
        return any(upload.key in address for address in shown)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
