"""Files that users upload, and how an app uploads one."""

import io
from typing import Any

from PIL import Image

from tests.service import Answer, Device, Service


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """Return a small picture, with whatever Pillow is told beside."""
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind, **options)
    return out.getvalue()


async def announce(user: Device, content: bytes, purpose: str = "avatar", kind: str = "image/jpeg") -> dict[str, Any]:
    """Return what ``uploads/create`` answers for a file."""
    answer = await user.call("uploads/create", {"purpose": purpose, "contentType": kind, "size": len(content)})
    created: dict[str, Any] = answer.data
    return created


async def send(service: Service, created: dict[str, Any], content: bytes, **headers: str) -> int:
    """Send a file as the service has said; return the HTTP status."""
    sent = await service.http.request(
        created["method"], created["url"], content=content, headers={**created["headers"], **headers}
    )
    return sent.status_code


async def upload(
    service: Service, user: Device, content: bytes, purpose: str = "avatar", kind: str = "image/jpeg"
) -> Answer:
    """Upload a file as an app does; return the last answer."""
    created = await announce(user, content, purpose, kind)
    assert await send(service, created, content) in (200, 204)
    return await user.call("uploads/finish", {"uploadId": created["uploadId"]})
