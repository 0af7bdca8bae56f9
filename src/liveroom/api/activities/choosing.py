"""What methods that begin and steer activities have in common."""

from typing import Annotated, Final

from liveroom.api.codes import Code
from liveroom.api.parameters import Id, Many, Request, Text, Whole
from liveroom.domain.activities.choosing import LASTS_MAX, LASTS_MIN, OPTIONS_MAX, QUESTION_MAX
from liveroom.domain.errors import BadRequest

STARTING: Final = (
    Code.RoomNotExists,
    Code.PermissionDenied,
    Code.RateLimited,
    Code.ContentRefused,
    Code.TooManyActivities,
)
STEERING: Final = (Code.ActivityNotExists, Code.ActivityOver, Code.PermissionDenied, Code.RateLimited)
Question = Annotated[str, Text(QUESTION_MAX)]
Options = Annotated[tuple[str, ...], Many(OPTIONS_MAX)]
Lasts = Annotated[int, Whole(0, LASTS_MAX)]


class OneActivity(Request):
    """The activity."""

    activity_id: Id


def read_lasts(seconds: int) -> int:
    """Return how long it lasts. Raises ``BadRequest``."""
    if 0 < seconds < LASTS_MIN:
        raise BadRequest(f"lasts: 0, or {LASTS_MIN} to {LASTS_MAX}")
    return seconds
