"""The queue's workers: in order, once at a time, bounded, and not to be held up by a vendor that is down."""

import asyncio
import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from liveroom.domain.ids import RoomId
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import DOUBT, Key, Matter, Vendor, Work, WorkResult
from liveroom.simulate.endpoint import Mood
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.tables import vendor_work
from liveroom.usecases.partitions import AT_ONCE, PartitionWorkers
from liveroom.usecases.vendors.queue import LEASE, VendorQueue
from tests import migrated
from tests.servers import Mariadb, Redis
from tests.service import SDK_SECRET
from tests.store.sql.crowd import vendor_rows
from tests.vendors.stage import LONG, Stage, with_im

BAD_DAYS = [Mood.DOWN, Mood.BROKEN, Mood.NONSENSE, Mood.ODD]


@pytest.mark.parametrize("mood", BAD_DAYS, ids=lambda mood: mood.name.lower())
async def test_after_a_bad_day_the_queue_drains_and_the_groups_are_right(stage: Stage, mood: Mood) -> None:
    stays, goes = await stage.world.make_actor(), await stage.world.make_actor()
    await stage.go_live(goes)
    await stage.drain()
    stage.im.endpoint.mood = mood
    room = await stage.go_live(stays)
    await stage.close(goes)
    for _ in range(20):
        await stage.later(15)
    assert list(stage.im.groups) == [str(goes.user)]
    stage.im.endpoint.mood = Mood.WELL
    for _ in range(6):
        await stage.later(61)
    assert list(stage.im.groups) == [room]
    assert await stage.waiting() == 0


async def test_after_an_hour_of_silence_the_queue_drains_and_the_groups_are_right(tmp_path: Path) -> None:
    async with with_im(tmp_path, timeout=0.1) as stage:
        host = await stage.world.make_actor()
        stage.im.endpoint.mood = Mood.SILENT
        room = await stage.go_live(host)
        for _ in range(60):
            await stage.later(60)
        stage.im.endpoint.mood = Mood.WELL
        for _ in range(6):
            await stage.later(61)
        assert list(stage.im.groups) == [room]
        assert await stage.waiting() == 0


async def test_a_vendor_that_is_down_is_left_alone_and_tried_now_and_then(stage: Stage) -> None:
    stage.im.endpoint.mood = Mood.BROKEN
    for _ in range(10):
        await stage.go_live(await stage.world.make_actor())
    with capture_logs() as logs:
        await stage.drain()
        broken = stage.im.endpoint.asked
        assert broken <= 5 + AT_ONCE
        assert await stage.workers.queue.broken() == 1
        for _ in range(9):
            await stage.later(1)
        assert stage.im.endpoint.asked == broken, "nobody is asked while the breaker is open"
        await stage.later(2)
        assert stage.im.endpoint.asked == broken + 1, "one call is let through, to see"
        stage.im.endpoint.mood = Mood.WELL
        for _ in range(4):
            await stage.later(61)
    assert await stage.workers.queue.broken() == 0
    assert len(stage.im.groups) == 10
    logged = [line["event"] for line in logs if line["event"].startswith("vendor.")]
    assert logged == ["vendor.unavailable", "vendor.recovered"], "an outage is told once"


async def test_keys_that_are_refused_stop_everything_at_once_and_say_what_to_do(stage: Stage) -> None:
    stage.im.secrets = dict.fromkeys(stage.im.secrets, SDK_SECRET[::-1])
    for _ in range(10):
        await stage.go_live(await stage.world.make_actor())
    with capture_logs() as logs:
        await stage.drain()
    assert stage.im.endpoint.asked <= AT_ONCE
    (logged,) = [line for line in logs if line["event"] == "vendor.unavailable"]
    assert "LIVEROOM_TRTC_SECRET" in logged["reason"]
    assert await stage.waiting() == 10, "it is done when the key has been put right"


async def test_what_is_refused_for_good_is_told_once_and_kept_with_its_reason(stage: Stage) -> None:
    host = await stage.world.make_actor()
    stage.im.endpoint.refuse("create_group", 10036)
    room = await stage.go_live(host)
    with capture_logs() as logs:
        await stage.drain()
        await stage.rename(host, "again")
        await stage.drain()
    assert [line["about"] for line in logs if line["event"] == "vendor.gave_up"] == [room]
    (failed,) = await stage.core.db.vendor_work.failed(10)
    assert (failed.key.subject, "buy a package" in failed.reason) == (room, True)
    assert await stage.workers.queue.broken() == 0, "the vendor is well"


async def test_an_error_that_nobody_knows_is_tried_some_times(stage: Stage) -> None:
    host = await stage.world.make_actor()
    stage.im.endpoint.refuse("create_group", 12345)
    await stage.go_live(host)
    for _ in range(30):
        await stage.later(61)
    assert stage.im.codes("create_group") == [12345] * 8
    assert len(await stage.core.db.vendor_work.failed(10)) == 1


async def test_what_passes_by_itself_is_tried_until_it_has_passed(stage: Stage) -> None:
    host = await stage.world.make_actor()
    stage.im.endpoint.refuse("create_group", 60007)
    room = await stage.go_live(host)
    for _ in range(30):
        await stage.later(61)
    assert len(stage.im.codes("create_group")) > 8
    stage.im.endpoint.accept("create_group")
    for _ in range(4):
        await stage.later(61)
    assert room in stage.im.groups


async def test_a_process_that_dies_between_the_call_and_its_mark_does_it_again(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    stage.im.endpoint.hold()
    working = asyncio.create_task(stage.workers.run(LONG))
    await stage.im.endpoint.come.wait()
    stage.world.sql.down = True
    stage.im.endpoint.let_go()
    await asyncio.wait({working})
    assert working.exception() is not None, "the mark could not be made"
    stage.world.sql.down = False
    async with stage.world.neighbour() as other:
        assert await stage.drain(other) == 0, "what died may still be alive"
        for seconds in (LEASE.total_seconds(), 7, DOUBT.total_seconds()):
            stage.world.pass_by(seconds)
            await stage.drain(other)
        await other.leave_vendors()
    assert room in stage.im.groups
    assert await stage.waiting() == 0


async def test_of_two_processes_one_works_on_a_room_at_a_time_and_in_order(stage: Stage) -> None:
    await two_processes_open_and_close(stage)


@pytest.mark.services
async def test_on_mariadb_and_redis_too(tmp_path: Path, mariadb: Mariadb, redis_server: Redis) -> None:
    redis_server.flushall()
    url = migrated.mariadb_url(mariadb)
    async with with_im(tmp_path, database_url=url, redis_url=redis_server.url) as stage:
        await two_processes_open_and_close(stage)


async def two_processes_open_and_close(stage: Stage) -> None:
    """Let six rooms open and close three times, while two processes work: each room's calls come in their order."""
    hosts = [await stage.world.make_actor() for _ in range(6)]
    async with stage.world.neighbour() as other:
        for _ in range(3):
            for host in hosts:
                await stage.go_live(host)
            await asyncio.gather(stage.drain(), stage.drain(other))
            for host in hosts:
                await stage.close(host)
            await asyncio.gather(stage.drain(), stage.drain(other))
            await stage.later(10)
        await other.leave_vendors()
    for host in hosts:
        about_group = [command for command in stage.im.commands(host.user) if command.endswith("group")]
        assert about_group == ["create_group", "destroy_group"] * 3
    assert await stage.waiting() == 0


async def test_a_hundred_thousand_rows_do_not_make_a_job_long(stage: Stage) -> None:
    await fill(stage, 100_000)
    stage.im.endpoint.mood = Mood.SILENT
    longest = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        await stage.workers.run()
        longest = max(longest, time.perf_counter() - begun)
    assert longest < 2.5
    assert stage.im.endpoint.most_under_way <= AT_ONCE


async def fill(stage: Stage, count: int) -> None:
    """Let that much work wait."""
    adding, rows = statement(insert(vendor_work)), list(vendor_rows(0, count))
    for first in range(0, count, 20_000):
        await stage.core.db.engine.run_many(adding, rows[first : first + 20_000])


async def test_a_vendor_that_hangs_for_one_tenant_keeps_no_other_waiting(stage: Stage) -> None:
    shop = await stage.world.service.make_tenant("shop")
    stage.im.secrets[shop.sdk_app_id] = shop.sdk_secret
    doers = {Vendor.IM: Hanging("shop")}
    tenants = stage.core.services.tenants
    queue = VendorQueue(
        stage.core.db, stage.world.service.clock, tenants, stage.core.vendors.of, doers, chance=lambda: 0.5
    )
    workers = PartitionWorkers(queue)
    rows, now = stage.core.db.vendor_work, stage.world.service.clock.now()
    for number in range(20):
        await rows.want(Key(Vendor.IM, Matter.ROOM, f"shop-{number}"), shop.name, now)
        await rows.want(Key(Vendor.IM, Matter.ROOM, str(number)), tenants.default.name, now)
    done = await workers.run(timedelta(seconds=0.5))
    await workers.close()
    assert done == 20


class Hanging:
    """Does nothing well, and for one tenant never comes to an end."""

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    async def do(self, work: Work, tenant: Tenant) -> WorkResult:
        if work.tenant == self._tenant:
            await asyncio.Event().wait()
        return WorkResult()


async def test_work_that_breaks_the_worker_is_given_up_and_holds_up_nothing_else(stage: Stage) -> None:
    class Broken:
        async def do(self, work: Work, tenant: Tenant) -> WorkResult:
            if work.key.subject == "1":
                raise ZeroDivisionError
            return WorkResult()

    tenants, clock = stage.core.services.tenants, stage.world.service.clock
    served = {Vendor.IM: Broken()}
    workers = PartitionWorkers(
        VendorQueue(stage.core.db, clock, tenants, stage.core.vendors.of, served, chance=lambda: 0.5)
    )
    for number in range(4):
        key = Key(Vendor.IM, Matter.ROOM, str(number))
        await stage.core.db.vendor_work.want(key, tenants.default.name, clock.now())
    for _ in range(20):
        await workers.run(LONG)
        stage.world.pass_by(61)
    (failed,) = await stage.core.db.vendor_work.failed(10)
    assert (failed.key.subject, await stage.waiting()) == ("1", 0)


async def test_a_job_does_not_wait_for_a_slow_vendor_and_a_stop_even_less(stage: Stage) -> None:
    room = await stage.go_live(await stage.world.make_actor())
    stage.im.endpoint.hold()
    assert await stage.workers.run(timedelta(seconds=0.05)) == 0
    begun = time.perf_counter()
    await stage.workers.close()
    assert time.perf_counter() - begun < 1
    assert room not in stage.im.groups


async def test_a_tick_does_the_work_and_leaves_nothing_running(stage: Stage) -> None:
    room = await stage.go_live(await stage.world.make_actor())
    ticked = await stage.world.service.tick()
    assert ticked["at_vendors"] >= 1
    assert RoomId(room) in stage.im.groups


async def test_the_queue_and_the_breakers_are_among_the_figures(stage: Stage) -> None:
    stage.im.endpoint.mood = Mood.BROKEN
    for _ in range(6):
        await stage.go_live(await stage.world.make_actor())
    await stage.drain()
    shown = (await stage.world.service.send("GET", "/metrics")).text
    assert "\nliveroom_vendor_work_waiting 6.0\n" in shown
    assert "\nliveroom_vendor_breakers_open 1.0\n" in shown


async def test_no_line_of_the_log_tells_a_signature(stage: Stage, written_log: io.StringIO) -> None:
    await stage.go_live(await stage.world.make_actor())
    for mood in (*BAD_DAYS, Mood.WELL):
        stage.im.endpoint.mood = mood
        for _ in range(4):
            await stage.later(61)
    written = written_log.getvalue()
    assert "vendor.unavailable" in written
    assert "usersig=" not in written
    assert stage.im.signatures
    assert not [sig for sig in stage.im.signatures if sig in written]
