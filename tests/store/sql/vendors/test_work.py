"""Work at vendors in SQL: a row for each matter, claimed by one at a time, never lost to a change that overtakes."""

import asyncio
from datetime import datetime, timedelta

from liveroom.domain.ids import RoomId, TenantName, room_bucket
from liveroom.domain.vendors.model import NOTHING, Achieved, Key, Matter, Vendor, VendorBacklog, Work
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, HOME, NOW, SECOND

GROUP = Key(Vendor.IM, Matter.ROOM, "700")
MADE = Achieved(7, "b-700", "Karaoke 🎶", NOW, NOW + SECOND)
PARTITION = "im:"
LATER = NOW + timedelta(minutes=1)


async def claim(
    database: SqlDatabase, holder: str = "h1", now: datetime = NOW, *, partition: str = PARTITION
) -> list[Work]:
    return list(await database.vendor_work.claim(partition, holder, now, now + 30 * SECOND, 10))


async def read(database: SqlDatabase, key: Key = GROUP) -> Work:
    work = await database.vendor_work.get(key)
    assert work is not None
    return work


async def test_what_was_wanted_is_claimed_once_until_the_lease_is_over(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    (work,) = await claim(database)
    assert (work.key, work.tenant, work.wanted, work.changed, work.achieved) == (GROUP, HOME, 1, NOW, NOTHING)
    assert await claim(database, "h2") == []
    assert not work.held
    (again,) = await claim(database, "h2", NOW + 30 * SECOND)
    assert (again.key, again.held) == (GROUP, True), "whoever had it has not said what came of it"


async def test_of_many_who_claim_at_once_one_gets_each_row(database: SqlDatabase) -> None:
    for number in range(8):
        await database.vendor_work.want(Key(Vendor.IM, Matter.ROOM, str(number)), HOME, NOW)
    claimed = await asyncio.gather(*(claim(database, f"h{number}") for number in range(4)))
    assert sorted(work.key.subject for works in claimed for work in works) == [str(number) for number in range(8)]


async def test_what_is_acked_waits_no_more_and_is_remembered(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    (work,) = await claim(database)
    await database.vendor_work.ack(work, "h1", MADE, None)
    acked = await read(database)
    assert (acked.achieved, acked.waits) == (MADE, False)
    assert await claim(database, now=LATER) == []
    await database.vendor_work.want(GROUP, HOME, LATER)
    (again,) = await claim(database, now=LATER)
    assert (again.achieved, again.wanted) == (MADE, 2)


async def test_a_look_that_is_put_off_comes_at_its_time(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    (work,) = await claim(database)
    await database.vendor_work.ack(work, "h1", MADE, LATER)
    assert await claim(database, now=LATER - SECOND) == []
    assert [again.achieved for again in await claim(database, now=LATER)] == [MADE]


async def test_a_change_while_it_is_worked_on_stays_to_be_done(database: SqlDatabase) -> None:
    for end in ("ack", "nack", "give up", "drop"):
        await database.vendor_work.want(GROUP, HOME, NOW)
        (work,) = await claim(database, end)
        await database.vendor_work.want(GROUP, HOME, NOW + SECOND)
        assert await claim(database, "other", NOW + 2 * SECOND) == [], "it is held"
        await finish(database, work, end)
        (again,) = await claim(database, "next", NOW + 2 * SECOND)
        assert (again.wanted, again.changed, again.failed) == (work.wanted + 1, NOW + SECOND, None)
        await database.vendor_work.drop(again, "next")
        assert await database.vendor_work.get(GROUP) is None


async def finish(database: SqlDatabase, work: Work, end: str) -> None:
    queue = database.vendor_work
    match end:
        case "ack":
            await queue.ack(work, end, MADE, None)
        case "nack":
            await queue.nack(work, end, MADE, LATER, "busy")
        case "give up":
            await queue.give_up(work, end, "no", NOW)
        case _:
            await queue.drop(work, end)


async def test_whoever_has_lost_the_lease_changes_nothing(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    (work,) = await claim(database, "slow")
    (again,) = await claim(database, "quick", NOW + 31 * SECOND)
    for end in (
        database.vendor_work.ack(work, "slow", MADE, None),
        database.vendor_work.nack(work, "slow", MADE, LATER, "busy"),
        database.vendor_work.give_up(work, "slow", "no", NOW),
        database.vendor_work.drop(work, "slow"),
    ):
        await end
    assert await read(database) == again._replace(held=True)


async def test_a_try_that_failed_is_counted_and_one_that_was_none_is_not(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    (work,) = await claim(database)
    await database.vendor_work.nack(work, "h1", MADE, NOW, "busy")
    (work,) = await claim(database)
    assert (work.tries, work.reason, work.achieved) == (1, "busy", MADE)
    await database.vendor_work.nack(work, "h1", MADE, NOW, "")
    (work,) = await claim(database)
    assert (work.tries, work.reason) == (1, "busy")


async def test_what_was_given_up_is_listed_until_it_is_wanted_again(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    (work,) = await claim(database)
    await database.vendor_work.give_up(work, "h1", "x" * 2000, LATER)
    (failed,) = await database.vendor_work.failed(10)
    assert (failed.key, failed.failed, failed.waits, len(failed.reason)) == (GROUP, LATER, False, 500)
    await database.vendor_work.want(GROUP, HOME, LATER)
    assert await database.vendor_work.failed(10) == []
    assert [again.reason[:1] for again in await claim(database, now=LATER)] == ["x"]


async def test_what_is_wanted_once_is_not_wanted_again(database: SqlDatabase) -> None:
    account = Key(Vendor.IM, Matter.ACCOUNT, "u1")
    await database.vendor_work.want_once(account, HOME, NOW)
    (work,) = await claim(database)
    await database.vendor_work.ack(work, "h1", Achieved(7), None)
    await database.vendor_work.want_once(account, HOME, LATER)
    assert await claim(database, now=LATER) == []


async def test_partitions_are_found_one_after_another_and_counted(database: SqlDatabase) -> None:
    removal = Key(Vendor.LIVEKIT, Matter.REMOVAL, "u1")
    await database.vendor_work.want(GROUP, HOME, NOW)
    await database.vendor_work.want(GROUP._replace(subject="701"), HOME, NOW + SECOND)
    await database.vendor_work.want(removal, ACME, LATER)
    partitions, after = [], ""
    while partition := await database.vendor_work.next_partition(after):
        partitions.append(after := partition)
    assert partitions == ["im:", "livekit:acme"]
    waiting = sorted(await database.vendor_work.waiting())
    assert waiting == [
        VendorBacklog(Vendor.IM, HOME, 2, NOW),
        VendorBacklog(Vendor.LIVEKIT, TenantName("acme"), 1, LATER),
    ]


async def test_the_groups_of_a_buckets_rooms_are_found(database: SqlDatabase) -> None:
    await database.vendor_work.want(GROUP, HOME, NOW)
    await database.vendor_work.want(Key(Vendor.TRTC, Matter.ROOM, "700"), HOME, NOW)
    await database.vendor_work.want(Key(Vendor.IM, Matter.ACCOUNT, "700"), HOME, NOW)
    bucket = room_bucket(RoomId("700"))
    assert [work.key for work in await database.vendor_work.of_rooms(bucket)] == [GROUP]
    assert await database.vendor_work.of_rooms((bucket + 1) % 256) == []
