"""People come and go at a real LiveKit and encoders at a real nginx-rtmp while webhooks are lost, doubled and late.

The end is what both servers list. It lasts LOSSY_MINUTES in each way (2; an hour is `LOSSY_MINUTES=60`), of which
LOSSY_SEED says the course (23).
"""

import logging
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from tests.service import Device
from tests.vendors.encoder import Encoder
from tests.vendors.media_site import MediaSite, media_site
from tests.vendors.real_livekit import Participant
from tests.vendors.real_livekit_stage import until
from tests.vendors.real_nginx_rtmp import NginxRtmp
from tests.worlds import a_moment

pytestmark = [pytest.mark.long, pytest.mark.slow]
log = logging.getLogger(__name__)
_MINUTES: Final = float(os.environ.get("LOSSY_MINUTES", "2"))
_SEED: Final = int(os.environ.get("LOSSY_SEED", "23"))
_ROOMS: Final = 3
_PEOPLE: Final = 12
_PAUSE: Final = 1.0
_OF_ENCODERS: Final = 0.15
"""Which part of what happens is an encoder's."""
_LATE: Final = 30.0
_SETTLED: Final = 300.0
"""For the last webhook, two lists half a minute apart, and the graces behind them."""
_SETTINGS: Final = {"streams_grace": "6s", "grace_owner": "10s", "lease_silent": "60s"}
"""Whoever came to the media and left between two lists was seen by none: their app's silence tells."""


@dataclass
class _Show:
    """A host's room and the encoder that pushes to it, if one does."""

    host: Device
    room: str
    made: dict[str, Any]
    encoder: Encoder | None = None


@dataclass
class _Hour:
    site: MediaSite
    chance: Random
    shows: list[_Show] = field(default_factory=list)
    people: list[Device] = field(default_factory=list)
    inside: dict[str, tuple[str, Participant]] = field(default_factory=dict)
    """Who is in which room's media."""
    happened: Counter[str] = field(default_factory=Counter)

    async def prepare(self) -> None:
        for _ in range(_ROOMS):
            host = await self.site.service.sign_up()
            room = (await host.call("rooms/generate_roomid", {"title": "A lossy hour"})).data["roomId"]
            made = (await host.call("streams/create", {"roomId": room})).data
            self.shows.append(_Show(host, room, made))
        self.people = [await self.site.service.sign_up() for _ in range(_PEOPLE)]

    async def step(self) -> None:
        """Let one thing happen."""
        show = self.chance.choice(self.shows)
        if self.chance.random() < _OF_ENCODERS or not any(one.encoder for one in self.shows):
            self._turn(show)
            return
        person = self.chance.choice(self.people)
        here = self.inside.pop(person.user, None)
        if here is not None:
            self.happened["leave" if here[1].is_connected else "was put out"] += 1
            await here[1].leave()
        elif show.encoder is not None:
            await self._come(person, show.room)

    def _turn(self, show: _Show) -> None:
        if show.encoder is None:
            show.encoder = self.site.push(show.made)
        else:
            show.encoder.kill()
            show.encoder = None
        self.happened["push" if show.encoder else "encoder dies"] += 1

    async def _come(self, person: Device, room: str) -> None:
        """Enter and join, if the room is open."""
        if (await person.enter(room, "audience")).code != 0:
            self.happened["not open"] += 1
            return
        credential = await person.call("rtc/credential", {"roomId": room})
        if credential.code == 0:
            participant = Participant()
            await participant.join(credential.data["livekit"])
            self.inside[person.user] = (room, participant)
            self.happened["join"] += 1

    async def is_true(self) -> bool:
        """Say whether the service has what the servers have."""
        return not [wrong for show in self.shows if (wrong := await self.wrong(show))]

    async def wrong(self, show: _Show) -> str:
        """Return what differs about a room."""
        pushes = show.encoder is not None and show.encoder.is_running()
        (stream,) = (await show.host.call("streams/list", {"roomId": show.room})).data["streams"]
        if (stream["state"] == "live") is not pushes:
            return f"{stream['state']}, pushing: {pushes}"
        is_open = (await show.host.detail(show.room)).code == 0
        if is_open is not pushes:
            return f"open: {is_open}, pushing: {pushes}"
        listed = await self.site.livekit.there(show.room)
        members = set(await show.host.members(show.room)) - {show.host.user} if is_open else set()
        return "" if members == set(listed) else f"members {members}, in the media {listed}"

    async def close(self) -> None:
        for _, participant in self.inside.values():
            await participant.leave()


@asynccontextmanager
async def _hour(folder: Path, film: Path, kind: type[NginxRtmp]) -> AsyncIterator[_Hour]:
    async with media_site(folder, film, kind, **_SETTINGS) as site:
        hour = _Hour(site, Random(_SEED))
        await hour.prepare()
        try:
            yield hour
        finally:
            await hour.close()


@pytest.mark.parametrize(
    ("lost", "longest"),
    [(1.0, 0.0), (0.0, _LATE), (0.3, _LATE)],
    ids=["all-lost", "doubled-late-shuffled", "some-lost-and-doubled-late-shuffled"],
)
async def test_whatever_becomes_of_webhooks_the_end_is_what_the_servers_list(
    tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp], lost: float, longest: float
) -> None:
    async with _hour(tmp_path, film, nginx_rtmp) as hour:
        for hop in hour.site.hops.values():
            hop.lost, hop.longest = lost, longest
        end = time.monotonic() + _MINUTES * 60
        while time.monotonic() < end:
            await hour.step()
            await a_moment(_PAUSE)
        began = time.monotonic()
        for hop in hour.site.hops.values():
            await hop.settle()
        try:
            await until(hour.is_true, _SETTLED)
        except AssertionError:
            pytest.fail("; ".join([f"{show.room}: {await hour.wrong(show)}" for show in hour.shows]))
        log.info("%s; what the servers list after %.1f s", dict(hour.happened), time.monotonic() - began)
        for name, hop in hour.site.hops.items():
            log.info("%s: %d webhooks, %d lost, refused %s", name, len(hop.said), hop.lost_in_all, hop.refused)
            assert hop.said
