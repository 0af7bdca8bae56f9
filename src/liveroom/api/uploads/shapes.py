"""What methods about uploads answer."""

from liveroom.api.shapes import Shape
from liveroom.domain.payloads import wire_time
from liveroom.domain.uploads.model import Ticket, Upload


class NewUpload(Shape):
    """Where the file is sent to, once."""

    upload_id: str
    method: str
    """``PUT``."""
    url: str
    """Absolute, or a path on the service's own host."""
    headers: dict[str, str]
    """Send exactly these; the length of the body is ``size``."""
    expires_utc: str


class PublishedUpload(Shape):
    """What others see."""

    upload_id: str
    purpose: str
    url: str
    """For ``avatar``, ``cover``, messages: absolute, or a path on the service's own host."""
    content_type: str
    """Of the copy: pictures become ``image/jpeg``, gift icons ``image/png``."""
    size: int
    width: int
    height: int


def new_upload(upload: Upload, ticket: Ticket) -> NewUpload:
    """Return an upload that was announced."""
    return NewUpload(
        upload_id=upload.id,
        method="PUT",
        url=ticket.url,
        headers=dict(ticket.headers),
        expires_utc=wire_time(upload.sent_until),
    )


def published_upload(upload: Upload, url: str) -> PublishedUpload:
    """Return an upload that was published."""
    return PublishedUpload(
        upload_id=upload.id,
        purpose=upload.purpose.value,
        url=url,
        content_type=upload.content_type,
        size=upload.size,
        width=upload.width,
        height=upload.height,
    )
