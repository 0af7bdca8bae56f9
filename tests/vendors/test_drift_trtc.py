"""TRTC's lists against rooms: they are late, and reach back some hours, so that only what they say counts."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.drift.model import DriftCase, DriftOutcome, DriftRound, DriftSource
from liveroom.domain.ids import USER_BUCKETS, RoomId, UserId
from liveroom.domain.presence.outside import OutsideReport, OutsideSource, Sighting
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from tests.service import SDK_APP_ID
from tests.vendors.stage import MediaStage, with_media

TRTC = DriftSource.TRTC
STRANGER = DriftCase.PARTICIPANT_STRANGER


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through TRTC, whose lists are compared."""
    async with with_media(tmp_path, "trtc", trtc_lists=True) as running:
        yield running


async def look(stage: MediaStage, times: int = 1) -> set[tuple[DriftCase, str]]:
    """Look so many times, do what follows, and return what is known then: cases and whom they are about."""
    for _ in range(times):
        stage.world.pass_by(11)
        await stage.world.core.services.console.drift.reconciliation.look(TRTC)
        await stage.drain()
    known = await stage.world.core.db.drift.of_source(TRTC)
    return {(one.drift.case, one.drift.user or one.drift.room) for one in known}


async def round_of(stage: MediaStage) -> DriftRound:
    (round,) = [one for one in await stage.world.core.db.drift.rounds() if one.source is TRTC]
    return round


async def seen(stage: MediaStage) -> set[UserId]:
    """Return who counts as being in media."""
    found = [await stage.world.core.live.comparing.seen(bucket) for bucket in range(USER_BUCKETS)]
    return {one.user for some in found for one in some}


async def watched(stage: MediaStage) -> tuple[RoomId, Actor]:
    """Return a room, and somebody who watches it."""
    room = await stage.world.go_live(await stage.world.make_actor())
    viewer = await stage.world.make_actor()
    await stage.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    return room, viewer


async def test_who_comes_and_goes_is_noted_without_a_callback(stage: MediaStage) -> None:
    room, viewer = await watched(stage)
    stage.cloud.enter(int(room), viewer.user)
    await look(stage)
    assert await seen(stage) == {viewer.user}
    stage.world.pass_by(5)
    stage.cloud.exit(int(room), viewer.user)
    assert await look(stage) == {(DriftCase.PARTICIPANT_GONE, viewer.user)}
    await look(stage)
    assert await seen(stage) == set()


async def test_whoever_is_in_no_list_is_not_taken_for_gone(stage: MediaStage) -> None:
    room, viewer = await watched(stage)
    now = stage.service.clock.now()
    sighting = Sighting(viewer.user, OutsideSource.TRTC, room, "", now, present=True)
    await stage.world.core.live.outside.receive([sighting])
    assert await look(stage, 3) == set()
    assert await seen(stage) == {viewer.user}


async def test_a_late_list_does_not_undo_a_newer_callback(stage: MediaStage) -> None:
    room, viewer = await watched(stage)
    stage.cloud.enter(int(room), viewer.user)
    stage.world.pass_by(5)
    stage.cloud.exit(int(room), viewer.user)
    stage.world.pass_by(5)
    again = Sighting(viewer.user, OutsideSource.TRTC, room, "", stage.service.clock.now(), present=True)
    await stage.world.core.live.outside.receive([again])
    await look(stage, 3)
    assert await seen(stage) == {viewer.user}, "they have come back since, which the list does not have yet"


async def test_a_user_who_is_in_the_media_alone_is_removed(stage: MediaStage) -> None:
    room, _ = await watched(stage)
    stranger = await stage.world.make_actor()
    stage.cloud.enter(int(room), stranger.user)
    assert await look(stage) == {(STRANGER, stranger.user)}
    await look(stage)
    assert int(room) not in stage.cloud.rooms
    assert await look(stage) == set()


async def test_many_are_listed_page_by_page(stage: MediaStage) -> None:
    room, viewer = await watched(stage)
    for number in range(230):
        stage.cloud.enter(int(room), f"crowd-{number}")
    stage.cloud.enter(int(room), viewer.user)
    await look(stage)
    assert await seen(stage) == {viewer.user}
    pages = [call.parameters["PageNumber"] for call in stage.cloud.calls if call.action == "DescribeUserInfo"]
    assert pages == [0, 1, 2]


@pytest.mark.parametrize("mood", [Mood.BROKEN, Mood.NONSENSE, Mood.ODD, Mood.DOWN])
async def test_a_list_that_fails_concludes_nothing(stage: MediaStage, mood: Mood) -> None:
    room, viewer = await watched(stage)
    stage.cloud.enter(int(room), viewer.user)
    await look(stage)
    stage.cloud.exit(int(room), viewer.user)
    stage.cloud.endpoint.mood = mood
    await look(stage, 3)
    assert (await round_of(stage)).outcome is DriftOutcome.FAILED
    assert await seen(stage) == {viewer.user}


async def test_without_the_setting_nothing_is_asked(tmp_path: Path) -> None:
    async with with_media(tmp_path, "trtc") as stage:
        await watched(stage)
        await look(stage)
        assert stage.cloud.calls == []


LATE: Final = 4
"""In how many steps a callback may come."""


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 9))])
async def test_whatever_becomes_of_callbacks_the_end_is_what_the_list_says(stage: MediaStage, seed: int) -> None:
    """They are lost, doubled, late and in any order; what they say is what the list says of the same moments."""
    chance = random.Random(seed)
    room = await stage.world.go_live(await stage.world.make_actor())
    people = [await stage.world.make_actor() for _ in range(5)]
    coming: dict[int, list[OutsideReport]] = {}
    for step in range(30):
        who = chance.choice(people)
        at: datetime = stage.service.clock.now().replace(microsecond=0)
        present = who.user not in stage.cloud.rooms.get(int(room), {})
        if present:
            await stage.world.core.services.entering.enter(who, room, role="audience", changes=RoomChanges())
            stage.cloud.enter(int(room), who.user)
        else:
            stage.cloud.exit(int(room), who.user)
        told = OutsideReport(SDK_APP_ID, [Sighting(who.user, OutsideSource.TRTC, room, "", at, present)])
        for _ in range(chance.randrange(3)):
            coming.setdefault(step + chance.randrange(LATE), []).append(told)
        for report in coming.pop(step, []):
            await stage.world.core.outside.receive(report)
        await look(stage)
    for reports in coming.values():
        for report in reports:
            await stage.world.core.outside.receive(report)
    await look(stage, 4)
    assert await seen(stage) == {UserId(user) for user in stage.cloud.rooms.get(int(room), {})}
    assert timedelta(0) < stage.service.clock.now() - at
