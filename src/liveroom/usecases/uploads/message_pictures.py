"""Pictures in messages: what a message says of one is what the service has published, never what its sender claims."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, NotOffered
from liveroom.domain.messages.model import DATA_MAX
from liveroom.domain.uploads.failures import UploadNotFound
from liveroom.domain.uploads.model import Purpose, UploadState
from liveroom.ports import Database, FileStore

MEMBER: Final = "upload"
"""The member of a message's data that says it."""
_MARK: Final = b'"upload"'
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class MessagePictures:
    """Puts pictures into messages."""

    db: Database
    store: FileStore | None

    async def attached(self, actor: Actor, id: str, data: bytes) -> bytes:
        """Return a message's data with a picture that the actor has uploaded; the file is kept with the message.

        Raises ``UploadNotFound``, ``NotOffered``, and ``BadRequest`` where the data are too long then.
        """
        if self.store is None:
            raise NotOffered
        upload = await self.db.uploads.get(id)
        if upload is None or (upload.tenant, upload.user) != (actor.tenant.name, actor.user):
            raise UploadNotFound
        if upload.purpose is not Purpose.MESSAGE_PICTURE or upload.state is not UploadState.PUBLISHED:
            raise UploadNotFound
        await self.db.uploads.keep(id)
        url = self.store.url(upload.key)
        said = {"uploadId": id, "url": url, "width": upload.width, "height": upload.height}
        found = msgspec.json.encode({**(_decode(data) if data else {}), MEMBER: said})
        if len(found) > DATA_MAX:
            raise BadRequest(f"data: at most {DATA_MAX} bytes, with the picture")
        return found


def check_claims_none(data: bytes) -> None:
    """Raise ``BadRequest`` for data that say themselves which picture a message has."""
    if _MARK in data and MEMBER in _decode(data):
        raise BadRequest(f"data: {MEMBER} is set by uploadId")
