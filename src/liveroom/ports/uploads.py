"""The seams of uploads: their rows, where files are kept, and what looks into them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.uploads.model import Copy, Permit, Purpose, Ticket, Upload


class UploadRows(Protocol):
    """Uploads, from being announced until nothing is left of them."""

    async def add(self, upload: Upload) -> None: ...
    async def get(self, id: str) -> Upload | None: ...
    async def claim(self, id: str, now: datetime, until: datetime, key: str) -> bool:
        """Have an upload that waits for oneself until then, unless somebody has it; say whether it was had.

        ``key``: that of what is published, unless one was drawn before.
        """

    async def release(self, id: str, until: datetime) -> None:
        """Let a claim until that time go."""

    async def settle(self, upload: Upload, until: datetime) -> bool:
        """Write what has become of an upload that is claimed until then; say whether it still was."""

    async def due(self, now: datetime, limit: int) -> Sequence[Upload]:
        """Return uploads that are to be looked at, those that wait longest first."""

    async def put_off(self, upload: Upload, until: datetime) -> bool:
        """Have an upload looked at then; say whether nobody else has put it off meanwhile."""

    async def keep(self, id: str) -> None:
        """Note that something shows the upload."""

    async def remove(self, id: str) -> None:
        """Note that nothing shows the upload any more."""

    async def drop(self, id: str) -> None:
        """Forget the upload."""

    async def avatar_of(self, user: UserId) -> str:
        """Return the address of a user's picture."""

    async def covers(self, user: UserId, room: str) -> Sequence[str]:
        """Return the covers of the rooms that the user holds or owns, and of the room."""

    async def of_gifts(self, tenant: TenantName) -> Sequence[str]:
        """Return the addresses of icons and animations in a tenant's catalogue of gifts."""


class FileStore(Protocol):
    """Keeps files: those that came in, where nobody sees them, and the published ones. Raises ``ProviderUnavailable``.

    Every step may be repeated: to publish a key again changes nothing, to remove what is not there is no mistake.
    """

    async def ticket(self, upload: Upload) -> Ticket:
        """Return how the client sends the file, until ``sent_until``."""

    async def received(self, upload: Upload) -> bytes | None:
        """Return what came in, and one byte more than was announced at most; None: nothing."""

    async def discard(self, id: str) -> None:
        """Drop what came in."""

    async def publish(self, key: str, copy: Copy) -> None: ...
    async def withdraw(self, key: str) -> None:
        """Have nobody see it any more."""

    def url(self, key: str) -> str:
        """Return where everybody sees it: absolute, or a path on the service's own host."""

    async def close(self) -> None: ...


class AppBucket(Protocol):
    """The operator's bucket, into which shipped apps put pictures by themselves. Raises ``ProviderUnavailable``."""

    async def permit(self, key: str, lasts: timedelta, most: int) -> Permit:
        """Return keys with which exactly this object may be put, of so many bytes at most."""

    async def read(self, key: str, most: int) -> bytes | None: ...
    async def write(self, key: str, copy: Copy) -> None: ...
    async def remove(self, key: str) -> None: ...
    def url(self, key: str) -> str:
        """Return where the apps see it."""

    async def close(self) -> None: ...


class FileFolder(Protocol):
    """The folder of files of this service itself, as HTTP sees it."""

    def allows(self, id: str, until: str, content_type: str, size: int, signature: str) -> bool:
        """Say whether the address is one of ours, for exactly such a file, and its time is not over."""

    async def receive(self, id: str, size: int, parts: AsyncIterator[bytes]) -> bool:
        """Keep what comes in; False: it was not ``size`` bytes. Raises ``ProviderUnavailable``: the disk is full."""

    def path(self, key: str) -> Path | None:
        """Return the file of what is published; None: there is none."""


class FileChecker(Protocol):
    """Looks into files."""

    async def copy(self, purpose: Purpose, content_type: str, content: bytes) -> Copy:
        """Return what is published of a file, without anything that its picture does not need.

        Raises ``UploadRefused``, and ``ProviderUnavailable`` where nothing could look into it.
        """
