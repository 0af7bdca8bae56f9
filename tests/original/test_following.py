"""The original still runs: what is new there is taken, what happened here stands, and a run that dies is made good."""

import asyncio
import sys
from datetime import timedelta

import pytest

from liveroom import faults
from liveroom.app.importing import open_original
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import RoomStatus
from tests.original.conftest import SECRETS, House
from tests.original.database import quoted
from tests.original.dumps import dump, essence

pytestmark = [pytest.mark.services, pytest.mark.parametrize("house", ["sqlite", "same"], indirect=True)]


def change(house: House, table: str, where: str, **values: str | int | None) -> None:
    """Change a row of the original, as its apps do."""
    moment = house.sample.original.next_moment() + timedelta(days=900)
    new = ", ".join(f"{name} = {quoted(value)}" for name, value in {**values, "updateUtc": moment}.items())
    house.sample.original.execute(f"UPDATE {table} SET {new} WHERE {where}")  # noqa: S608 - test data


async def test_a_profile_that_changes_over_there_changes_here(house: House) -> None:
    await house.take()
    user = house.sample.user("viewer0")
    change(house, "users", f"userId = '{user}'", name="Fresh", avatar="https://a.example/new.png")
    report = await house.take()
    assert (report.users.changed, report.users.imported, report.users.kept) == (1, 0, 0)
    async with house.database() as db:
        found = await db.users.get(UserId(user))
        assert found is not None
        assert (found.name, found.avatar) == ("Fresh", "https://a.example/new.png")
    assert (await house.take()).users.changed == 0


async def test_a_profile_that_was_changed_here_stays_as_it_is(house: House) -> None:
    await house.take()
    user = house.sample.user("viewer0")
    async with house.serving() as service:
        await house.sample_host(service, "viewer0").call("auth_users/user_update", {"name": "Mine"})
    change(house, "users", f"userId = '{user}'", name="Theirs")
    for _ in range(2):
        assert (await house.take()).users.kept == 1
    async with house.database() as db:
        found = await db.users.get(UserId(user))
        assert found is not None
        assert found.name == "Mine"


async def test_who_was_deleted_here_does_not_come_back(house: House) -> None:
    await house.take()
    user = house.sample.user("viewer0")
    async with house.serving() as service:
        await house.sample_host(service, "viewer0").call("auth_users/user_delete")
        change(house, "users", f"userId = '{user}'", name="Still there")
        change(house, "user_salts", "name = 'viewer0'", nonce="n")
        report = await house.take()
        assert (report.users.kept, report.logins.kept) == (1, 1)
        login = next(login for login in house.sample.original.logins if login.name == "viewer0")
        assert (await service.call("oauth/signature", service.sign(login.name, login.salt))).code == 98


async def test_who_registers_and_signs_in_over_there_later_is_taken_by_the_next_run(house: House) -> None:
    await house.take()
    original = house.sample.original
    original.register("late")
    original.sign_in("late", "xiaozhibo")
    erin, player = original.sign_in("erin", "player"), original.sign_in("alice", "karaoke")
    report = await house.take()
    assert (report.users.imported, report.logins.imported) == (3, 1)
    async with house.serving() as service:
        for login in (*house.sample.undisputed, *original.logins[-3:]):
            signed = service.sign(login.name, login.salt, tag=login.tag)
            assert (await service.call("oauth/signature", signed)).data["userId"] == login.user
    assert erin != player


async def test_a_name_that_was_registered_here_stays_its_owner_s(house: House) -> None:
    async with house.serving() as service:
        mine = await service.sign_up("viewer0")
        report = await house.take()
        assert report.logins.examples["usernames that somebody has registered here"] == ["viewer0 = viewer0"]
        assert (await mine.account.sign_in()).user == mine.user


async def test_a_room_follows_the_original_until_it_is_opened_here(house: House) -> None:
    await house.take()
    alice, bob = house.sample.user("alice"), house.sample.user("bob ")
    change(house, "rooms", f"roomId = '{alice}'", title="Encore")
    change(house, "rooms", f"roomId = '{bob}'", title="Again", removed=0, removeUtc=None)
    change(house, "rooms", "roomId = '1046027'", ownBy=alice)
    change(house, "rooms", "roomId = '40000002'", removed=1)
    assert (await house.take()).rooms.changed == 4
    async with house.database() as db:
        rooms = [await db.rooms.get(RoomId(id)) for id in (alice, bob, "1046027", "40000002")]
    states = [(room.state, room.title) for room in rooms if room]
    assert states == [
        (RoomStatus.LIVE, "Encore"), (RoomStatus.LIVE, "Again"), (RoomStatus.LIVE, "soon"),
        (RoomStatus.CLOSED, "beyond"),
    ]  # fmt: skip
    async with house.serving() as service:
        await house.sample_host(service, "alice").enter(alice, "anchor")
        await house.sample_host(service, "alice").call("rooms/update_room", {"roomId": alice, "title": "Mine"})
    change(house, "rooms", f"roomId = '{alice}'", title="Theirs")
    assert (await house.take()).rooms.kept == 1
    async with house.database() as db:
        mine = await db.rooms.get(RoomId(alice))
        assert mine is not None
        assert mine.title == "Mine"


async def test_a_running_service_hears_of_rooms_and_names_that_a_run_brings(house: House) -> None:
    async with house.serving() as service:
        await house.take()
        alice = house.sample.user("alice")
        service.clock.advance(1)
        await service.tick()
        viewer = await service.sign_up()
        assert alice in [room["roomId"] for room in await viewer.query()]
        change(house, "rooms", f"roomId = '{alice}'", title="Encore")
        await house.take()
        service.clock.advance(1)
        await service.tick()
        assert (await viewer.detail(alice)).data["title"] == "Encore"
        change(house, "rooms", f"roomId = '{alice}'", removed=1)
        await house.take()
        service.clock.advance(1)
        await service.tick()
        assert (await viewer.detail(alice)).code == 2004


async def test_a_room_that_ended_here_for_want_of_its_host_may_begin_again_over_there(house: House) -> None:
    await house.take()
    async with house.serving() as service:
        for _ in range(5):
            service.clock.advance(60)
            await service.tick()
    change(house, "rooms", "roomId = '40000002'", title="Back")
    assert (await house.take()).rooms.changed == 1
    async with house.database() as db:
        room = await db.rooms.get(RoomId("40000002"))
        assert room is not None
        assert (room.state, room.title) == (RoomStatus.LIVE, "Back")


async def test_the_original_may_be_written_while_it_is_read(house: House) -> None:
    original, numbers = house.sample.original, iter(range(100))

    def go_on(kind: str, count: int) -> None:
        name = f"meanwhile{next(numbers)}"
        original.register(name)
        original.sign_in(name, "xiaozhibo")
        original.add_room(original.logins[-1].user, ownBy=original.logins[-1].user)
        original.execute("")

    await house.take(on_progress=go_on, batch=10)
    await house.take()
    async with house.database() as db, open_original(original.url) as source:
        sizes = await source.sizes()
        rows = await dump(db)
    assert len(rows["lr_users"]) == sizes.users
    async with house.serving() as service:
        for login in house.sample.undisputed:
            signed = service.sign(login.name, login.salt, tag=login.tag)
            assert (await service.call("oauth/signature", signed)).data["userId"] == login.user


class Died(Exception):
    """The process was killed."""


@pytest.mark.parametrize("passing", [1, 4, 6])
async def test_a_run_that_dies_after_any_batch_is_made_good_by_the_next(house: House, passing: int) -> None:
    left = iter(range(passing - 1))

    def die_in_time() -> None:
        if next(left, None) is None:
            raise Died

    faults.arm("import.taken", die_in_time)
    try:
        with pytest.raises(Died):
            await house.take(batch=20)
    finally:
        faults.disarm()
    await house.take()
    async with house.database() as db:
        interrupted = essence(await dump(db))
    other = house.anew()
    await other.take()
    async with other.database() as db:
        assert essence(await dump(db)) == interrupted


async def test_a_process_that_is_killed_leaves_whole_batches(house: House) -> None:
    given = {
        "LIVEROOM_DATA_DIR": str(house.folder),
        "LIVEROOM_SECRET": SECRETS,
        "LIVEROOM_DATABASE_URL": house.read.database_url,
        "LIVEROOM_FAULT": "import.taken",
        "PATH": "",
    }
    argv = [sys.executable, "-m", "liveroom", "import", house.sample.original.url]
    child = await asyncio.create_subprocess_exec(*argv, env=given)
    assert await child.wait() == faults.KILLED
    async with house.database() as db:
        rows = await dump(db)
    assert len(rows["lr_users"]) == len(rows["lr_imported"]) > 0
    assert rows["lr_credentials"] == []
    report = await house.take()
    assert (report.users.imported, report.users.unchanged) == (0, len(rows["lr_users"]))
    assert report.logins.imported
