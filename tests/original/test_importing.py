"""Moving in, on each kind of database: everybody and everything is there as before, and what is odd is said."""

from datetime import timedelta

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import RoomStatus
from liveroom.usecases.importing import logins, rooms, users
from liveroom.usecases.importing.report import ImportReport
from tests.original.conftest import House
from tests.original.database import old_token
from tests.original.dumps import dump
from tests.original.sample import NUMBERS
from tests.service import Form, Service

pytestmark = pytest.mark.services
Moved = tuple[House, ImportReport]


async def test_everybody_signs_in_with_name_tag_and_password_as_the_same_user(moved: Moved) -> None:
    house, _ = moved
    async with house.serving() as service:
        for login in house.sample.undisputed:
            signed = service.sign(login.name, login.salt, tag=login.tag)
            answer = await service.call("oauth/signature", signed, form=Form.QUERY)
            assert answer.data["userId"] == login.user, login


@pytest.mark.parametrize(
    "more", [{}, {"version": 1.0, "phone": None, "email": None}], ids=["first", "after a token login"]
)
async def test_everybody_s_old_token_is_good_and_gets_them_a_new_one(moved: Moved, more: dict[str, object]) -> None:
    house, _ = moved
    async with house.serving() as service:
        for login in house.sample.undisputed:
            caller = {"apaasUserId": login.user, "token": old_token(login.user, **more)}  # type: ignore[arg-type]
            assert (await service.call("auth_users/user_keepalive", caller, form=Form.QUERY)).code == 0
            answer = await service.call("auth_users/user_login_token", caller)
            assert answer.data["userId"] == login.user
            assert answer.data["token"] != caller["token"]


async def test_who_signed_in_by_phone_does_so_as_the_same_user(moved: Moved) -> None:
    house, _ = moved
    async with house.serving(test_codes="13800000001:246810") as service:
        asked = {"phone": "8613800000001", "appId": "1", "ticket": "t", "randstr": "r"}
        session = (await service.call("auth_users/user_verify_by_picture", asked)).data["sessionId"]
        given = {"phone": "8613800000001", "sessionId": session, "code": "246810"}
        assert (await service.call("auth_users/user_login_code", given)).data["userId"] == "5000001"


async def test_an_old_token_that_was_signed_out_is_not_good_any_more(house: House) -> None:
    await house.take()
    user = house.sample.user("alice")
    async with house.serving() as service:
        caller = {"userId": user, "token": old_token(user)}
        assert (await service.call("auth_users/user_logout", caller)).code == 0
        assert (await service.call("auth_users/user_keepalive", caller)).code == 204


async def test_the_original_is_only_read(house: House) -> None:
    before = house.sample.original.checksums()
    await house.take()
    assert house.sample.original.checksums() == before


async def test_a_second_run_changes_nothing(house: House) -> None:
    first = await house.take()
    async with house.database() as db:
        before = await dump(db)
        second = await house.take()
        assert await dump(db) == before
    for was, now in ((first.users, second.users), (first.logins, second.logins), (first.rooms, second.rooms)):
        assert was.imported
        assert (now.imported, now.changed, now.kept) == (0, 0, 0)
        assert (now.unchanged, now.left_out) == (was.imported, was.left_out)


async def test_a_rehearsal_says_what_would_be_done_and_does_nothing(house: House) -> None:
    said = await house.take(rehearsed=True)
    assert not house.folder.exists()
    done = await house.take()
    assert said == done
    async with house.database() as db:
        before = await dump(db)
        assert (await house.take(rehearsed=True)).users.unchanged == done.users.imported
        assert await dump(db) == before


async def test_users_keep_what_others_know_of_them(moved: Moved) -> None:
    house, _ = moved
    async with house.database() as db:
        alice = await db.users.get(UserId(house.sample.user("alice")))
        assert alice is not None
        assert (alice.name, alice.tag) == ("Alice xiaozhibo", "xiaozhibo")
        assert alice.avatar == "https://a.example/1.png"
        assert (alice.created.year, alice.created.utcoffset()) == (2022, alice.updated.utcoffset())
        assert {id: user.phone for id in NUMBERS if (user := await db.users.get(UserId(id)))} == NUMBERS
        carol = await db.users.get(UserId("5000004"))
        assert carol is not None
        assert (carol.phone, carol.email) == ("", "carol@example.com")
        assert await db.users.get(UserId("somebody-else"))


async def test_nobody_can_read_a_salt_in_our_tables(moved: Moved) -> None:
    house, _ = moved
    async with house.database() as db:
        written = repr(await dump(db))
    assert house.sample.original.logins
    assert not [login for login in house.sample.original.logins if login.salt in written]


async def test_rooms_are_as_they_were(moved: Moved) -> None:
    house, _ = moved
    alice, bob = house.sample.user("alice"), house.sample.user("bob ")
    states = {
        alice: RoomStatus.LIVE,
        bob: RoomStatus.CLOSED,
        "1046027": RoomStatus.RESERVED,
        "99999999999": RoomStatus.LIVE,
    }
    async with house.database() as db:
        found = {room: await db.rooms.get(RoomId(room)) for room in (*states, "1046028")}
        assert {id: room.state for id, room in found.items() if room} == states
        live = found[alice]
        assert live is not None
        assert (live.owner, live.title, live.star, live.cover) == (alice, "唱歌", 7, "https://a.example/c.png")
        assert live.opened.year == 2022
        assert await db.rooms.likes([live.broadcast]) == {live.broadcast: 7}
        reserved, another = found["1046027"], await db.rooms.get(RoomId(house.sample.user("u78")))
        assert reserved is not None
        assert reserved.holder == alice
        assert another is not None
        assert (another.owner, another.holder) == (bob, house.sample.user("u78"))


async def listed(service: Service) -> list[str]:
    viewer = await service.sign_up()
    return [room["roomId"] for room in await viewer.query()]


async def test_rooms_whose_id_is_no_int32_are_kept_and_never_listed(house: House) -> None:
    await house.take()
    async with house.serving() as service:
        viewer = await service.sign_up()
        for room in ("room-of-texts", "99999999999"):
            assert (await viewer.detail(room)).data["roomId"] == room
        await house.sample_host(service, "bob ").enter("room-of-texts", "anchor")
        await house.sample_host(service, "bob ").enter("40000002", "anchor")
        found = await listed(service)
        assert "40000002" in found
        assert all(room.isdigit() and int(room) < 2**31 for room in found)


async def test_ids_that_are_taken_are_not_handed_out_again(moved: Moved) -> None:
    house, _ = moved
    async with house.serving() as service:
        made = [int((await service.sign_up()).user) for _ in range(3)]
    assert made == [made[0], made[0] + 1, made[0] + 2]
    assert made[0] >= 40_000_003, "the original has a user 40000001 and a room 40000002"


def counted(report: ImportReport) -> dict[str, int]:
    return {**report.users.notes, **report.logins.notes, **report.rooms.notes}


async def test_the_report_says_what_was_left_out_and_why(moved: Moved) -> None:
    house, report = moved
    assert counted(report) == {
        users.NO_PHONE: 1,
        users.NO_EMAIL: 1,
        logins.BAD_NAME: 2,
        logins.NO_SALT: 1,
        logins.SAME_NAME: 2,
        logins.COLLISION: 2,
        logins.NOT_YET: 1,
        rooms.NO_ID: 1,
        rooms.NOBODYS: 1,
        rooms.LIVE: 5,
        rooms.CLOSED: 1,
        rooms.RESERVED: 1,
        rooms.NOT_LISTED: 2,
        rooms.SEATED: 4,
    }
    assert sorted(report.logins.examples[logins.SAME_NAME]) == ["lead =  lead", "strasse = Straße"]
    first, second = house.sample.rivals
    disputed = house.sample.user(first)
    assert sorted(report.logins.examples[logins.COLLISION]) == sorted(
        f"{name} (xiaozhibo) → {disputed}" for name in (first, second)
    )
    assert (report.users.left_out, report.logins.left_out, report.rooms.left_out) == (0, 5, 2)


async def let_pass(service: Service, *, minutes: int) -> None:
    for _ in range(minutes):
        service.clock.advance(60)
        await service.tick()


async def test_who_was_in_a_room_a_moment_ago_is_there_for_one_lease(house: House) -> None:
    await house.take()
    room = house.sample.user("alice")
    here = [room, *(house.sample.user(f"viewer{number}") for number in range(3))]
    async with house.serving() as service:
        service.clock.advance(1)
        await service.tick()
        viewer = await service.sign_up()
        assert await viewer.members(room) == here
        assert room in [one["roomId"] for one in await viewer.query()]
        await let_pass(service, minutes=35)
        assert await viewer.members(room) == [room], "a host has more patience"


async def test_a_show_that_moves_in_is_counted_from_then_on(house: House) -> None:
    await house.take()
    async with house.serving() as service:
        await service.core.jobs.statistics.run_all()
    async with house.database() as db:
        room = await db.rooms.get(RoomId(house.sample.user("alice")))
        assert room is not None
        assert len(await db.statistics.days(room.broadcast)) <= 2


async def test_who_moved_in_long_ago_is_not_seated_any_more(house: House) -> None:
    await house.take()
    async with house.serving() as service:
        service.clock.advance(timedelta(hours=5))
        await service.tick()
        viewer = await service.sign_up()
        assert await viewer.members(house.sample.user("alice")) == []


async def test_a_room_whose_host_never_comes_is_closed(house: House) -> None:
    await house.take()
    async with house.serving() as service:
        await let_pass(service, minutes=5)
        viewer = await service.sign_up()
        assert (await viewer.detail("40000002")).code == 2004
