"""Uploading: announced, sent by the client to the store, looked into, published.

Nobody but the one who has claimed an upload finishes it, and what is to be published has its key in the database before
it is in the store: wherever a process dies, the next call of ``uploads/finish`` goes on, and if none comes, the job of
unused files finds everything that is left.
"""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Final, NamedTuple

import structlog

from liveroom import deadlines, faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import (
    BadRequest,
    HookRefused,
    NotOffered,
    PermissionDenied,
    ProviderUnavailable,
    RateLimited,
)
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import RoomId, TenantName, UserId, new_id
from liveroom.domain.operators.caller import Operator
from liveroom.domain.uploads.failures import UploadForbidden, UploadMissing, UploadNotFound, UploadRefused
from liveroom.domain.uploads.model import (
    CLAIM,
    ENDINGS,
    FINISHED_WITHIN,
    LIVE_COVER_EVERY,
    OF_GIFTS,
    PER_DAY,
    RULES,
    UNUSED,
    Copy,
    Purpose,
    Ticket,
    Upload,
    UploadState,
    check_announced,
)
from liveroom.ports import Clock, Database, FileChecker, FileStore, Live
from liveroom.usecases.hooks.calls import HookCall, HookCalls
from liveroom.usecases.rates import check_rate

log = structlog.get_logger("liveroom.uploads")

_KB: Final = 1024
_A_MINUTE: Final = timedelta(minutes=1)
_PER_MINUTE: Final = 30
_SECONDS: Final = 45.0
"""How long it may take to publish a file: less than ``CLAIM``, so that nobody else has it meanwhile."""
_LOOKS: Final = 50
_BETWEEN_LOOKS: Final = 0.2
"""Seconds between two looks at what somebody else is finishing."""


class Uploader(NamedTuple):
    """Who uploads something."""

    tenant: TenantName
    user: UserId
    """"": an operator; then the file is the tenant's."""
    counted: str
    """Whose quota it is."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What one user, or one operator, may upload in a day; 0: no limit."""

    files: int
    megabytes: int

    async def check(self, live: Live, user: str, size: int) -> None:
        """Count a file of a user. Raises ``RateLimited``."""
        await check_rate(live, f"uploads:{user}", limit=_PER_MINUTE, window=_A_MINUTE)
        if self.files:
            await check_rate(live, f"upload files:{user}", limit=self.files, window=PER_DAY)
        if self.megabytes:
            kilobytes, limit = -(-size // _KB), self.megabytes * _KB
            await check_rate(live, f"upload bytes:{user}", limit=limit, window=PER_DAY, count=kilobytes)


@dataclass(frozen=True, slots=True)
class Publishing:
    """What makes a published file of one that came in."""

    store: FileStore | None
    """None: nothing can be uploaded here."""
    checker: FileChecker
    hook_calls: HookCalls

    def open(self) -> FileStore:
        """Return the store. Raises ``NotOffered``."""
        if self.store is None:
            raise NotOffered
        return self.store

    async def ask(self, upload: Upload, copy: Copy) -> None:
        """Ask modules and the operator's server. Raises ``UploadForbidden``, ``ProviderUnavailable``."""
        if not self.hook_calls.concerns(upload.tenant, HookType.UPLOAD):
            return
        data = {
            "uploadId": upload.id,
            "userId": upload.user,
            "roomId": upload.room,
            "purpose": upload.purpose.value,
            "contentType": copy.content_type,
            "width": copy.width,
            "height": copy.height,
            "content": b64encode(copy.content).decode(),
        }
        try:
            await self.hook_calls.ask(HookCall(HookType.UPLOAD, upload.tenant, "", data))
        except HookRefused as refused:
            raise UploadForbidden(refused.detail) from refused


@dataclass(frozen=True, slots=True)
class Uploads:
    """Takes files in and publishes them."""

    db: Database
    live: Live
    clock: Clock
    publishing: Publishing
    quota: Quota

    async def create(
        self, actor: Actor, purpose: Purpose, content_type: str, size: int, room: RoomId
    ) -> tuple[Upload, Ticket]:
        """Announce a file; return how it is sent. Of a live cover the caller has to see to it that it may be sent.

        Raises ``BadRequest``, ``PermissionDenied`` for what only admins upload, ``RateLimited``, ``NotOffered``.
        """
        self.publishing.open()
        check_announced(purpose, content_type, size)
        if RULES[purpose].for_admins and not present(await self.db.users.get(actor.user), actor.tenant.name).admin:
            raise PermissionDenied
        return await self._announce(_user(actor), purpose, content_type, size, room)

    async def create_for_gift(
        self, operator: Operator, purpose: Purpose, content_type: str, size: int
    ) -> tuple[Upload, Ticket]:
        """Announce a file of an operator's: an icon or an animation of a gift.

        Raises ``BadRequest``, ``RateLimited``, ``NotOffered``.
        """
        self.publishing.open()
        if purpose not in OF_GIFTS:
            raise BadRequest(f"purpose: must be one of {', '.join(OF_GIFTS)}")
        check_announced(purpose, content_type, size)
        return await self._announce(_operator(operator), purpose, content_type, size, RoomId(""))

    async def _announce(
        self, by: Uploader, purpose: Purpose, content_type: str, size: int, room: RoomId
    ) -> tuple[Upload, Ticket]:
        if purpose is not Purpose.LIVE_COVER:
            await self.quota.check(self.live, by.counted, size)
        now = self.clock.now()
        upload = Upload(
            id=new_id(now),
            tenant=by.tenant,
            user=by.user,
            purpose=purpose,
            content_type=content_type,
            size=size,
            created=now,
            look_at=now + FINISHED_WITHIN + CLAIM,
            room=room,
        )
        ticket = await self.publishing.open().ticket(upload)
        await self.db.uploads.add(upload)
        return upload, ticket

    async def finish(self, actor: Actor, id: str) -> tuple[Upload, str]:
        """Publish what was sent; return it with its address. The same again returns the same.

        Raises ``UploadNotFound``, ``UploadMissing``, ``UploadRefused``, ``UploadForbidden``, ``ProviderUnavailable``.
        """
        return await self._finished(_user(actor), id)

    async def finish_for_gift(self, operator: Operator, id: str) -> tuple[Upload, str]:
        """Publish what an operator of the tenant has sent; see ``finish``."""
        return await self._finished(_operator(operator), id)

    async def _finished(self, by: Uploader, id: str) -> tuple[Upload, str]:
        store = self.publishing.open()
        upload = await self._own(by, id)
        if upload.state is UploadState.WAITING:
            with deadlines.outside():
                upload = await self._finish(store, by, upload)
        if upload.state is UploadState.REFUSED:
            raise UploadRefused(upload.detail)
        return upload, store.url(upload.key)

    async def _own(self, by: Uploader, id: str) -> Upload:
        upload = await self.db.uploads.get(id)
        if upload is None or (upload.tenant, upload.user) != (by.tenant, by.user):
            raise UploadNotFound
        if upload.state is UploadState.REMOVED or upload.is_over(self.clock.now()):
            raise UploadNotFound
        return upload

    async def _finish(self, store: FileStore, by: Uploader, upload: Upload) -> Upload:
        """Finish an upload, or wait for whoever does; return it as it is then."""
        for _ in range(_LOOKS):
            now = self.clock.now()
            until = now + CLAIM
            key = f"{token_hex(16)}{ENDINGS[RULES[upload.purpose].becomes]}"
            if await self.db.uploads.claim(upload.id, now, until, key):
                faults.point("upload.claimed")
                return await self._publish(store, await self._own(by, upload.id), until)
            await asyncio.sleep(_BETWEEN_LOOKS)
            upload = await self._own(by, upload.id)
            if upload.state is not UploadState.WAITING:
                return upload
        raise RateLimited("1 s", retry_after=timedelta(seconds=1))

    async def _publish(self, store: FileStore, upload: Upload, until: datetime) -> Upload:
        try:
            async with asyncio.timeout(_SECONDS):
                copy = await self._copied(store, upload)
                await store.publish(upload.key, copy)
        except TimeoutError as late:
            raise ProviderUnavailable("it took too long to publish a file") from late
        except UploadRefused as refused:
            await self._refuse(upload, until, refused)
            raise
        except (ProviderUnavailable, UploadMissing):
            await self.db.uploads.release(upload.id, until)
            raise
        faults.point("upload.published")
        now = self.clock.now()
        published = replace(
            upload,
            state=UploadState.PUBLISHED,
            content_type=copy.content_type,
            size=len(copy.content),
            width=copy.width,
            height=copy.height,
            finished=now,
            look_at=now + (LIVE_COVER_EVERY if upload.purpose is Purpose.LIVE_COVER else UNUSED),
        )
        if not await self.db.uploads.settle(published, until):
            raise UploadNotFound  # it took longer than the claim, and somebody else has it
        faults.point("upload.settled")
        log.info("upload.published", upload=upload.id, purpose=upload.purpose.value, bytes=published.size)
        await self._discard(store, upload)
        return published

    async def _copied(self, store: FileStore, upload: Upload) -> Copy:
        content = await store.received(upload)
        if content is None:
            raise UploadMissing
        if len(content) != upload.size:
            raise UploadRefused("the file is not as long as was announced")
        copy = await self.publishing.checker.copy(upload.purpose, upload.content_type, content)
        await self.publishing.ask(upload, copy)
        return copy

    async def _refuse(self, upload: Upload, until: datetime, refused: UploadRefused) -> None:
        log.info("upload.refused", upload=upload.id, purpose=upload.purpose.value, why=refused.detail)
        over = replace(upload, state=UploadState.REFUSED, detail=refused.detail, finished=self.clock.now())
        await self.db.uploads.settle(over, until)

    async def _discard(self, store: FileStore, upload: Upload) -> None:
        """Drop what came in; where that fails, the job of unused files does it."""
        try:
            await store.discard(upload.id)
        except ProviderUnavailable as failure:
            log.info("upload.not_discarded", upload=upload.id, cause=repr(failure))


def _user(actor: Actor) -> Uploader:
    return Uploader(actor.tenant.name, actor.user, actor.user)


def _operator(operator: Operator) -> Uploader:
    return Uploader(operator.tenant.name, UserId(""), operator.actor)
