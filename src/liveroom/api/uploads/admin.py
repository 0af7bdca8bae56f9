"""``admin/*`` about uploads: what gifts show, sent by operators."""

from typing import Annotated

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Id, Request, Text, Whole
from liveroom.api.uploads.shapes import NewUpload, PublishedUpload, new_upload, published_upload
from liveroom.domain.operators.caller import Operator
from liveroom.domain.uploads.model import LARGEST, read_purpose
from liveroom.usecases.uploads.intake import Uploads


class CreateGiftUpload(Request):
    """``purpose``: ``gift_icon`` or ``animation``. ``contentType``: ``image/jpeg``, ``image/png`` or ``image/webp``; of
    an animation (Lottie) ``application/json``. ``size``: bytes, exactly.
    """

    purpose: Annotated[str, Text(32)]
    content_type: Annotated[str, Text(64)]
    size: Annotated[int, Whole(1, LARGEST)]


@method(
    "base/v1/admin/create_upload",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
    reply=NewUpload,
    codes=(Code.NotOffered, Code.RateLimited),
)
async def create_upload(call: CreateGiftUpload, operator: Operator, uploads: Uploads) -> NewUpload:
    """Announce an icon or an animation of a gift: send it to ``url`` within 15 minutes, then ``admin/finish_upload``.

    It works as ``uploads/create``, and belongs to the tenant.
    """
    purpose = read_purpose(call.purpose)
    return new_upload(*await uploads.create_for_gift(operator, purpose, call.content_type, call.size))


class OneGiftUpload(Request):
    """The upload, as ``admin/create_upload`` has answered it."""

    upload_id: Id


@method(
    "base/v1/admin/finish_upload",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission="gifts.manage",
    needs="gifts",
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
async def finish_upload(call: OneGiftUpload, operator: Operator, uploads: Uploads) -> PublishedUpload:
    """Have the file looked into, copied and published: its ``url`` is for ``admin/set_gift``.

    It works as ``uploads/finish``. A file that no gift shows within a day is removed.
    """
    upload, url = await uploads.finish_for_gift(operator, call.upload_id)
    operator.change.note({}, {"upload": upload.id, "purpose": upload.purpose.value, "url": url})
    return published_upload(upload, url)
