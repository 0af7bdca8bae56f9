"""``uploads/*``: files that users send, for others to see."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Need, method
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.uploads.shapes import NewUpload, PublishedUpload, new_upload, published_upload
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.uploads.model import LARGEST, Purpose, read_purpose
from liveroom.usecases.streams.host_covers import HostCovers
from liveroom.usecases.uploads.intake import Uploads


class CreateUpload(Request):
    """``purpose``: ``avatar``, ``cover``, ``live_cover``, ``message_picture``; for admins ``gift_icon``, ``animation``.

    ``contentType``: ``image/jpeg``, ``image/png`` or ``image/webp``; of an animation (Lottie) ``application/json``.
    ``size``: bytes, exactly. ``roomId``: whose cover it will be, unless the room is the caller's own.

    ``live_cover``: a frame of what the owner of the live room ``roomId`` shows, a JPEG of at most 2 MB.
    """

    purpose: Annotated[str, Text(32)]
    content_type: Annotated[str, Text(64)]
    size: Annotated[int, Whole(1, LARGEST)]
    room_id: Id = ""


@method(
    "base/v1/uploads/create",
    bad_request=Code.SystemVerifyError,
    reply=NewUpload,
    codes=(Code.NotOffered, Code.PermissionDenied, Code.RateLimited, Code.RoomNotExists),
    sometimes=(Need(None, "``purpose`` gift_icon and animation"),),
)
async def create(call: CreateUpload, actor: Actor, uploads: Uploads, covers: HostCovers) -> NewUpload:
    """Announce a file: send it to ``url`` within 15 minutes, then call ``uploads/finish``.

    Too many files, or too many bytes in a day: 3004, with the seconds to wait. Where the operator takes no files: 3008.

    A live cover is shown by lists as soon as it is finished, where the room allows it (``liveCover``) and no stream
    gives one; else 3008. At most four in a minute (3004).
    """
    purpose, room = read_purpose(call.purpose), RoomId(call.room_id)
    if purpose is Purpose.LIVE_COVER:
        await covers.check(actor, room)
    upload, ticket = await uploads.create(actor, purpose, call.content_type, call.size, room)
    return new_upload(upload, ticket)


class OneUpload(Request):
    """The upload, as ``uploads/create`` has answered it."""

    upload_id: Id


@method(
    "base/v1/uploads/finish",
    bad_request=Code.SystemVerifyError,
    reply=PublishedUpload,
    codes=(
        Code.NotOffered,
        Code.UploadNotExists,
        Code.UploadMissing,
        Code.UploadRefused,
        Code.RateLimited,
        Code.ServiceUnavailable,
    ),
)
async def finish(call: OneUpload, actor: Actor, uploads: Uploads, covers: HostCovers) -> PublishedUpload:
    """Have the file that was sent looked into, copied without its metadata, and published. Repeated: the same answer.

    If the file has not arrived: 3031. If it cannot be used, or the operator's server refuses it: 3032, with the reason.
    A file that nothing shows within a day is removed.
    """
    upload, url = await uploads.finish(actor, call.upload_id)
    if upload.purpose is Purpose.LIVE_COVER:
        await covers.show(upload, url)
    return published_upload(upload, url)
