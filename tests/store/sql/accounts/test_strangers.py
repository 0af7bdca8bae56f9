"""What limits strangers, on both databases: covered addresses, timed signatures, claimed ids, rooms of one user."""

from dataclasses import replace

from liveroom.domain.accounts.users import NOBODY, LoginCredential, Timed
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.importing.accounts import Binding
from liveroom.domain.moderation.address_bans import AddressBan
from liveroom.domain.rooms.model import RoomStatus
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, HOME, NOW, SECOND, room, session, user

ANN = UserId("40000001")
BOB = UserId("40000002")


async def test_an_address_is_covered_until_the_ban_is_over(database: SqlDatabase) -> None:
    ban = AddressBan(HOME, "d1", ANN, NOW, NOW + SECOND)
    await database.address_bans.put(ban)
    await database.address_bans.put(ban._replace(tenant=ACME, user=BOB))
    longer = ban._replace(user=BOB, until=NOW + 5 * SECOND)
    await database.address_bans.put(longer)
    assert set(await database.address_bans.list(NOW)) == {longer, ban._replace(tenant=ACME, user=BOB)}
    assert list(await database.address_bans.list(NOW + SECOND)) == [longer]
    await database.address_bans.put(ban._replace(address="d2", made=NOW + SECOND, until=NOW + 9 * SECOND))
    assert await database.address_bans.remove(BOB) == 1, "the one that was over is dropped"
    assert await database.address_bans.remove(BOB) == 0


async def test_the_newest_addresses_of_a_user_are_named_once_each(database: SqlDatabase) -> None:
    for number, address in enumerate(("a", "b", "a", "", "c")):
        await database.sessions.add(session(f"s{number}", created=NOW + number * SECOND, address=address))
    await database.sessions.add(session("s9", of=BOB, address="z"))
    assert list(await database.sessions.addresses(ANN, 2)) == ["c", "a"]
    assert list(await database.sessions.addresses(ANN, 9)) == ["c", "a", "b"]


async def test_a_tag_is_noted_once_and_forgotten_for_every_name_of_the_user(database: SqlDatabase) -> None:
    users = database.users
    await users.add(user())
    await users.add_credential(LoginCredential(HOME, "Ann", ANN, "salt"), "ann")
    await users.add_credential(LoginCredential(HOME, "old", NOBODY, "salt"), "old")
    await users.add_credential(LoginCredential(HOME, "bob", BOB, "salt", ("kept",)), "bob")
    await database.bindings.put(Binding(HOME, "old", "tag", ANN, NOW))
    for known in (Timed("ann", ()), Timed("ann", ("x",)), Timed("ann", ()), Timed("old", ())):
        await users.add_timed(HOME, known, "x" if not known.tags else 'y", 麦')
    found = [await users.credential(HOME, name) for name in ("ann", "old", "bob")]
    assert [one and one[0].timed for one in found] == [("x", 'y", 麦'), ("x",), ("kept",)]
    assert await users.forget_timed(ANN) == 2
    assert await users.forget_timed(ANN) == 0
    found = [await users.credential(HOME, name) for name in ("ann", "old", "bob")]
    assert [one and one[0].timed for one in found] == [(), (), ("kept",)]


async def test_ids_that_are_somebodys_are_named(database: SqlDatabase) -> None:
    for id in ("7", "9"):
        await database.ids.claim(id, HOME, ANN)
    assert set(await database.ids.claimed([str(number) for number in range(500)])) == {"7", "9"}


async def test_rooms_of_one_user_come_in_the_order_of_their_opening(database: SqlDatabase) -> None:
    for id, at in (("1", 3), ("2", 1), ("3", 2)):
        await database.rooms.add(replace(room(id), opened=NOW + at * SECOND))
        reserved = replace(room(f"1{id}"), opened=NOW + at * SECOND, state=RoomStatus.RESERVED)
        await database.rooms.add(reserved)
    scheduled = room("20", state=RoomStatus.RESERVED)
    await database.rooms.add(replace(scheduled, options=replace(scheduled.options, starts=NOW)))
    assert list(await database.rooms.owned_live(ANN)) == [RoomId("2"), RoomId("3"), RoomId("1")]
    assert list(await database.rooms.reserved(ANN)) == [RoomId("12"), RoomId("13"), RoomId("11")]


async def test_a_lease_names_its_holder_until_it_is_over(database: SqlDatabase) -> None:
    assert await database.leases.holder("proxy", NOW) == ""
    assert await database.leases.claim("proxy", "10.0.0.7", NOW, NOW + SECOND)
    assert await database.leases.holder("proxy", NOW) == "10.0.0.7"
    assert await database.leases.holder("proxy", NOW + SECOND) == ""
