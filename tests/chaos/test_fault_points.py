"""The process dies at each step of what it does; afterwards members, index, stays and counts agree."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from _pytest.mark import ParameterSet

from liveroom import faults
from liveroom.usecases.events.relay import LEFT_BEHIND
from tests.chaos.processes import Liveroom, caller_of
from tests.songs import sample_songs
from tests.stories.agreement import assert_agreement
from tests.stories.installations import embedded_world, served_world
from tests.stories.world import Ask, Phone, World

SHORT = timedelta(seconds=2)
CLAIM = 3.0
"""Seconds within which what a dead process had claimed is taken up by others."""
LONG_SILENCE = timedelta(minutes=35)
"""Longer than a session lasts that never sent a keepalive."""


@dataclass
class Stage:
    """A host and another host, each live; a viewer in the first room, a guest in none."""

    host: Phone
    other: Phone
    viewer: Phone
    guest: Phone

    def through(self, ask: Ask) -> "Stage":
        """Return the same people, calling another process."""
        return Stage(*(replace(phone, ask=ask) for phone in (self.host, self.other, self.viewer, self.guest)))


Act = Callable[[Stage], Awaitable[object]]
Check = Callable[[Stage], Awaitable[object]]


async def title_is_new(stage: Stage) -> None:
    assert (await stage.other.listed())[stage.host.user]["title"] == "new"


async def room_is_gone(stage: Stage) -> None:
    assert stage.host.user not in await stage.other.listed()
    assert (await stage.other.reply("rooms/room_detail", roomId=stage.host.user))["errorCode"] == 2004


async def other_is_gone(stage: Stage) -> None:
    assert (await stage.other.reply("auth_users/user_keepalive"))["errorCode"] == 204
    assert stage.other.user not in await stage.host.listed()


async def viewer_is_out(stage: Stage) -> None:
    assert await stage.host.members(stage.host.user) == [stage.host.user]


async def viewer_is_banned(stage: Stage) -> None:
    await viewer_is_out(stage)
    back = await stage.viewer.reply("rooms/enter_room", roomId=stage.host.user, role="audience")
    assert back["errorCode"] == 3002


async def viewer_is_signed_out(stage: Stage) -> None:
    assert (await stage.viewer.reply("auth_users/user_keepalive"))["errorCode"] == 204
    await viewer_is_out(stage)


async def guest_is_live_no_more(stage: Stage) -> None:
    assert stage.guest.user not in await stage.host.listed()


async def rooms_are_there(stage: Stage) -> None:
    assert {stage.host.user, stage.other.user} <= (await stage.host.listed()).keys()


async def songs_are_sung(stage: Stage) -> None:
    (song,) = await stage.host.call("music/search", roomId=stage.host.user, text="moon")
    queue = await stage.host.call("music/add", roomId=stage.host.user, songId=song["songId"])
    assert queue["playing"]["userId"] == stage.host.user


async def words_are_there(stage: Stage) -> None:
    found = await stage.host.call("messages/history", roomId=stage.host.user)
    assert [message["text"] for message in found] == ["last words"]


@dataclass(frozen=True)
class Case:
    """What makes a process pass a point, and what has to be true in the end beside the agreement."""

    point: str
    act: Act
    check: Check = rooms_are_there


def change(stage: Stage) -> Awaitable[object]:
    return stage.host.call("rooms/update_room", roomId=stage.host.user, title="new")


def destroy(stage: Stage) -> Awaitable[object]:
    return stage.host.call("rooms/destroy_room", roomId=stage.host.user)


def ban(stage: Stage) -> Awaitable[object]:
    return stage.host.call("moderation/ban", roomId=stage.host.user, targetId=stage.viewer.user)


def talk(stage: Stage) -> Awaitable[object]:
    return stage.viewer.call("messages/send", roomId=stage.host.user, text="last words")


def sing(stage: Stage) -> Awaitable[object]:
    return stage.host.call("music/open", roomId=stage.host.user, who="everyone")


CASES = (
    Case("activity.committed", sing, songs_are_sung),
    Case("change.committed", change, title_is_new),
    Case("close.committed", destroy, room_is_gone),
    Case("close.emptied", destroy, room_is_gone),
    Case("delete.committed", lambda stage: stage.other.call("auth_users/user_delete"), other_is_gone),
    Case("enter.admitted", lambda stage: stage.guest.enter(stage.host.user)),
    Case("enter.former_left", lambda stage: stage.viewer.enter(stage.other.user), viewer_is_out),
    Case("enter.claimed", lambda stage: stage.viewer.enter(stage.other.user), viewer_is_out),
    Case("journal.saved", lambda stage: stage.guest.enter(stage.other.user)),
    Case("leave.left", lambda stage: stage.viewer.leave(stage.host.user), viewer_is_out),
    Case("logout.committed", lambda stage: stage.viewer.call("auth_users/user_logout"), viewer_is_signed_out),
    Case("open.committed", lambda stage: stage.guest.go_live(), guest_is_live_no_more),
    Case("orphan.committed", lambda stage: stage.host.leave(stage.host.user), room_is_gone),
    Case("relay.applied", change, title_is_new),
    Case("access.committed", ban, viewer_is_banned),
    Case("state.shown", change, title_is_new),
    Case("expiry.left", lambda stage: stage.viewer.keepalive(), viewer_is_out),
    Case("talk.saved", talk, words_are_there),
)


OF_COMMANDS = ("import.taken",)
"""Points that no service passes: tests/original walks them."""
OF_EVENTS = ("journal.recorded",)
"""Points within a transaction of a tenant who is told of members: tests/recorded_events walks them."""

OF_WEBHOOKS = ("webhook.claimed", "webhook.sent")
"""Points of deliveries, which change nothing that anybody sees here: tests/webhooks walks them."""

OF_ERASURES = ("erasure.part",)
"""Points of what nobody waits for: tests/usecases/privacy/test_erasures.py walks them."""

OF_CONNECTIONS = ("connection.committed", "connection.half")
"""Points between several rooms that are connected: tests/usecases/connections/test_faults.py walks them."""

OF_OPERATORS = ("report.resolved",)
"""Points of what operators do: tests/usecases/moderation/test_reports.py walks them."""

OF_FOLLOWS = ("alert.recorded",)
"""Points of what followers are told: tests/usecases/follows/test_alerts.py walks them."""

OF_CHARGES = ("charge.asked", "charge.answered", "charge.reversed")
"""Points around the operator's wallet: tests/usecases/charges walks them."""

OF_MONEY = ("ledger.posted", "gifts.paid", "gifts.published")
"""Points of money: tests/usecases/ledger/test_faults.py and tests/usecases/gifts/test_sending.py walk them."""

OF_RECEIPTS = ("receipt.credited", "receipt.refunded")
"""Points of purchases in stores: tests/usecases/receipts walks them."""

OF_MINORS = ("minors.part",)
"""Points of periods that are taken back: tests/usecases/protection/test_minor_refunds.py walks them."""

OF_SETTLEMENT = ("agency.closed", "settlement.counted", "settlement.paid")
"""Points between the parts of a settlement: tests/store/sql/settlement walks them."""

OF_ACTIVITIES = ("activity.counted", "goal.counted")
"""Points of activities: tests/usecases/activities walks them."""

OF_ENVELOPES = ("envelope.sent", "envelope.grabbed", "envelope.ended")
"""Points of red envelopes: tests/usecases/envelopes walks them."""

OF_STREAMS = ("stream.committed",)
"""The point of pushed streams: tests/usecases/streams walks it."""

OF_RANKS = ("ranks.counted",)
"""Points of rankings: tests/store/sql/gifts/test_ranks.py walks them."""

OF_UPLOADS = ("upload.claimed", "upload.published", "upload.settled", "upload.withdrawn")
"""Points of files on their way: tests/contract/test_uploads.py walks them."""

ELSEWHERE = (
    *(OF_ACTIVITIES, OF_CHARGES, OF_COMMANDS, OF_CONNECTIONS, OF_ENVELOPES, OF_ERASURES, OF_EVENTS, OF_FOLLOWS),
    *(OF_MINORS, OF_MONEY, OF_OPERATORS, OF_RANKS, OF_RECEIPTS, OF_SETTLEMENT, OF_STREAMS, OF_UPLOADS, OF_WEBHOOKS),
)


def test_every_fault_point_has_its_case() -> None:
    elsewhere = [point for points in ELSEWHERE for point in points]
    assert sorted([*(case.point for case in CASES), *elsewhere]) == sorted(faults.POINTS)


SERVED_LONG = frozenset(
    {
        *("activity.committed", "change.committed", "delete.committed", "enter.former_left", "leave.left"),
        *("logout.committed", "open.committed", "orphan.committed"),
    }
)
"""On servers these are for `make test-long`; `make test` has them embedded, and the others on servers too."""


def _cases() -> Iterator[ParameterSet]:
    for case in CASES:
        yield pytest.param("embedded", case, id=f"embedded-{case.point}")
        marks = [pytest.mark.services, *([pytest.mark.long] if case.point in SERVED_LONG else ())]
        yield pytest.param("served", case, id=f"served-{case.point}", marks=marks)


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """Return an installation with short leases on which nothing runs."""
    if request.param == "embedded":
        made = embedded_world(tmp_path)
    else:
        servers = [request.getfixturevalue(name) for name in ("mariadb_to_kill", "redis_to_kill")]
        made = served_world(tmp_path, *servers)
    made.settings = replace(
        made.settings, lease_keepalive=SHORT, grace_owner=SHORT, music="folder", music_folder=sample_songs()
    )
    return made


@pytest.mark.parametrize(("world", "case"), list(_cases()), indirect=["world"])
async def test_a_process_that_dies_at_a_point_leaves_nothing_behind(world: World, case: Case, tmp_path: Path) -> None:
    stage = await set_up(world)
    await die_at(case, world, stage, tmp_path / "process")

    await world.start()
    try:
        world.clock.advance(LEFT_BEHIND * 2)
        await world.run_jobs()
        await assert_agreement(world.core, within=CLAIM, index_may_lag=True)
        await world.wind(LONG_SILENCE, alive=who_lives(case, stage), step=timedelta(seconds=60))
        await case.check(stage)
        await assert_agreement(world.core, within=CLAIM)
    finally:
        await world.stop(gracefully=False)


async def set_up(world: World) -> Stage:
    """Let the people come, and end the process that they came to."""
    await world.start()
    try:
        stage = Stage(*[await world.register(name) for name in ("host", "other", "viewer", "guest")])
        for host in (stage.host, stage.other):
            await host.go_live()
        await stage.viewer.enter(stage.host.user)
        await world.run_jobs()
    finally:
        await world.stop()
    return stage


async def die_at(case: Case, world: World, stage: Stage, folder: Path) -> None:
    """Start a real service whose death is at the point, and make the call that passes it."""
    sings = {"LIVEROOM_MUSIC": "folder", "LIVEROOM_MUSIC_FOLDER": str(sample_songs())}
    process = Liveroom(folder, world.settings, LIVEROOM_FAULT=case.point, **sings)
    process.start()
    try:
        async with caller_of(process) as ask:
            with suppress(httpx.TransportError):
                await case.act(stage.through(ask))
            assert process.wait() == faults.KILLED
    finally:
        process.kill()


def who_lives(case: Case, stage: Stage) -> Sequence[Phone]:
    """Return whose phones go on sending keepalives: of the one whose call broke, nothing is heard again."""
    gone = {"delete.committed": stage.other, "open.committed": stage.guest, "orphan.committed": stage.host}
    alive = [stage.host, stage.other]
    return [phone for phone in alive if phone is not gone.get(case.point)]
