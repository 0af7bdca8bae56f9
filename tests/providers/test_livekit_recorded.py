"""Webhooks of a short show, as LiveKit 1.13.5 sent them: a host shows something, a viewer gets a seat and is kicked.

Only the room's TURN password and list of codecs were taken out, and the signatures are the tests' own.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import (
    MediaEnded,
    MediaJoined,
    MediaPublished,
    OutsideReport,
    OutsideSource,
    Sighting,
)
from liveroom.providers.livekit.webhooks import read_webhook
from tests import callbacks
from tests.callbacks import LIVEKIT_KEY, LIVEKIT_SECRET

_RECORDED: Final = json.loads(Path(__file__).with_name("livekit_1_13_5.json").read_text())
ROOM: Final = RoomId("40000001")
HOST, VIEWER = UserId("40000001"), UserId("40000002")
STARTED: Final = 1796098430


def read(number: int) -> OutsideReport:
    """Return what the webhook of that place in the show says."""
    body = json.dumps(_RECORDED[number]).encode()
    now = datetime.fromtimestamp(STARTED + 5, UTC)
    given = callbacks.livekit_raw(body, now)
    return read_webhook(LIVEKIT_KEY, LIVEKIT_SECRET, {k.lower(): v for k, v in given.headers.items()}, body, now)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(STARTED + seconds, UTC)


def seen(user: UserId, who: str, seconds: int, *, present: bool = True) -> list[Sighting]:
    return [Sighting(user, OutsideSource.LIVEKIT, ROOM, who, at(seconds), present)]


def test_each_webhook_of_a_show_says_what_happened_in_it() -> None:
    host, viewer = "PA_AiaGsaGV9g6r", "PA_gwXVCvjipecG"
    assert [read(number) for number in range(len(_RECORDED))] == [
        OutsideReport(None, began=MediaEnded(ROOM, OutsideSource.LIVEKIT, at(-1))),
        OutsideReport(None, seen(HOST, host, 0), joined=MediaJoined(ROOM, HOST, sends=True)),
        OutsideReport(None, seen(VIEWER, viewer, 1), joined=MediaJoined(ROOM, VIEWER, sends=False)),
        OutsideReport(None, seen(HOST, host, 1), published=MediaPublished(ROOM, HOST)),
        OutsideReport(None, seen(VIEWER, viewer, 3, present=False)),
        OutsideReport(None),
        OutsideReport(None, seen(HOST, host, 3, present=False)),
        OutsideReport(None, media=MediaEnded(ROOM, OutsideSource.LIVEKIT, at(3))),
    ]
