"""Uploads: what may be uploaded for what purpose, and how far an upload is.

A client sends a file to a private place of its own, the quarantine; what others come to see is a copy that was made of
it, under a key that nobody can guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId, TenantName, UserId

SENT_WITHIN: Final = timedelta(minutes=15)
"""How long the address of an upload takes the file."""
FINISHED_WITHIN: Final = timedelta(hours=1)
"""How long after ``uploads/create`` an upload may be finished."""
CLAIM: Final = timedelta(seconds=60)
"""For how long whoever finishes an upload has it for themselves; after that, another may have died over it."""
UNUSED: Final = timedelta(hours=24)
"""How long a published file is kept that nothing shows yet."""
LOOKED_AT_EVERY: Final = timedelta(days=7)
"""How often it is looked whether a file is still shown."""
LIVE_COVER_EVERY: Final = timedelta(minutes=1)
"""The same of a frame of a stream: another one follows within that time."""
PERMITTED: Final = timedelta(minutes=10)
"""How long a shipped app may put its picture into the operator's bucket."""
PER_DAY: Final = timedelta(days=1)
"""The window of the quotas."""

JPEG: Final = "image/jpeg"
PNG: Final = "image/png"
WEBP: Final = "image/webp"
LOTTIE: Final = "application/json"
PICTURES: Final = frozenset({JPEG, PNG, WEBP})
ENDINGS: Final[Mapping[str, str]] = {JPEG: ".jpg", PNG: ".png", LOTTIE: ".json"}
"""Of what is published."""
_MB: Final = 1024 * 1024


class Purpose(StrEnum):
    """What a file is for."""

    AVATAR = "avatar"
    COVER = "cover"
    """Of a room."""
    LIVE_COVER = "live_cover"
    """Of a room: a frame of its stream, or one that its owner's app sends."""
    MESSAGE_PICTURE = "message_picture"
    GIFT_ICON = "gift_icon"
    ANIMATION = "animation"
    """Of a gift: a Lottie animation."""
    COS = "cos"
    """What a shipped app puts into the operator's bucket by itself (``cos/config``)."""


OF_GIFTS: Final = (Purpose.GIFT_ICON.value, Purpose.ANIMATION.value)
"""What belongs to the tenant, whoever has uploaded it."""


class PurposeRule(NamedTuple):
    """What may be uploaded for a purpose, and as what it is published."""

    takes: frozenset[str]
    """Content types."""
    most: int
    """Bytes."""
    becomes: str
    """The content type of the copy."""
    side: int = 0
    """Pixels of the copy's longer side at most; smaller pictures stay as large as they are."""
    for_admins: bool = False
    """Only admins of the tenant, and operators, upload it."""


RULES: Final[Mapping[Purpose, PurposeRule]] = {
    Purpose.AVATAR: PurposeRule(PICTURES, 8 * _MB, JPEG, 512),
    Purpose.COVER: PurposeRule(PICTURES, 12 * _MB, JPEG, 1280),
    Purpose.LIVE_COVER: PurposeRule(frozenset({JPEG}), 2 * _MB, JPEG, 640),
    Purpose.MESSAGE_PICTURE: PurposeRule(PICTURES, 12 * _MB, JPEG, 2048),
    Purpose.GIFT_ICON: PurposeRule(PICTURES, 2 * _MB, PNG, 512, for_admins=True),
    Purpose.COS: PurposeRule(PICTURES, 8 * _MB, JPEG, 1280),
    Purpose.ANIMATION: PurposeRule(frozenset({LOTTIE}), _MB, LOTTIE, for_admins=True),
}
LARGEST: Final = max(rule.most for rule in RULES.values())


TAKEN: Final = tuple(purpose for purpose in Purpose if purpose is not Purpose.COS)
"""Purposes that ``uploads/create`` takes."""


class UploadState(StrEnum):
    """How far an upload is."""

    WAITING = "waiting"
    """For its file, or for being finished."""
    PUBLISHED = "published"
    REFUSED = "refused"
    """The file is none that can be used."""
    REMOVED = "removed"
    """Nothing shows it any more: what is left of it goes."""


class Copy(NamedTuple):
    """What is published of a file."""

    content: bytes
    content_type: str
    width: int = 0
    """Pixels; 0: it has none."""
    height: int = 0


class Ticket(NamedTuple):
    """How a client sends its file: ``PUT`` to a URL, with exactly these headers."""

    url: str
    """Absolute, or a path on the service's own host."""
    headers: Mapping[str, str]


class Permit(NamedTuple):
    """Keys with which a shipped app puts one object into the operator's bucket."""

    bucket: str
    """With the account's number."""
    region: str
    secret_id: str
    secret_key: str
    token: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: announced, sent, checked, published."""

    id: str
    tenant: TenantName
    user: UserId
    purpose: Purpose
    content_type: str
    """As the client has announced it; of what is published, once it is."""
    size: int
    """Bytes, likewise."""
    created: datetime
    look_at: datetime
    """When the job of unused files looks at it."""
    room: RoomId = RoomId("")
    """Whose cover it is to be, beside the rooms of the user."""
    state: UploadState = UploadState.WAITING
    key: str = ""
    """Under which the copy is published; drawn when the upload is finished for the first time."""
    claimed: datetime | None = None
    """Until when somebody finishes it."""
    width: int = 0
    height: int = 0
    finished: datetime | None = None
    shown: bool = False
    """Something has shown it."""
    detail: str = ""
    """Why it was refused, for people."""

    @property
    def sent_until(self) -> datetime:
        """Until when the file may be sent."""
        return self.created + SENT_WITHIN

    def is_over(self, now: datetime) -> bool:
        """Say whether it is too late to finish it."""
        return self.state is UploadState.WAITING and now >= self.created + FINISHED_WITHIN


def read_purpose(text: str) -> Purpose:
    """Return the purpose. Raises ``BadRequest``."""
    if text not in TAKEN:
        raise BadRequest(f"purpose: must be one of {', '.join(TAKEN)}")
    return Purpose(text)


def check_announced(purpose: Purpose, content_type: str, size: int) -> None:
    """Raise ``BadRequest`` for a file that cannot be uploaded for this purpose."""
    rule = RULES[purpose]
    if content_type not in rule.takes:
        raise BadRequest(f"contentType: must be {' or '.join(sorted(rule.takes))}")
    if not 0 < size <= rule.most:
        raise BadRequest(f"size: must be from 1 to {rule.most} bytes")
