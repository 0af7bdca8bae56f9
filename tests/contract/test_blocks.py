"""Blocks: whoever is blocked does not follow, enter, mention, answer or invite, and learns no more than that."""

from liveroom.domain.accounts.sessions import Actor, Session
from liveroom.domain.accounts.users import Profile
from liveroom.domain.follows.blocks import KEPT_BLOCKERS
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId, new_id
from liveroom.domain.presence.members import Role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import RoomChanges
from liveroom.ports import PresenceClaim, Tx
from liveroom.usecases.hooks.entering import EnterRequest
from tests.contract.test_follow import counts_of, follow, people
from tests.service import Answer, Device, Service

BANNED, REFUSED = 3002, 3000


async def block(device: Device, other: str, method: str = "add") -> Answer:
    return await device.call(f"blocks/{method}", {"targetId": other})


async def blocked_by(device: Device) -> list[str]:
    return [one["userId"] for one in (await device.call("blocks/list")).data]


async def members(service: Service, room: str) -> set[str]:
    tenant = service.core.services.tenants.default.name
    found = await service.core.live.members(tenant, RoomId(room), after=0, offset=0, limit=100)
    return {member.user for member in found}


async def test_a_block_ends_follows_both_ways_and_neither_follows_the_other_before_it_is_lifted(
    service: Service,
) -> None:
    ann, bob = await people(service, 2)
    await follow(ann, bob.user)
    await follow(bob, ann.user)
    assert [(await block(ann, bob.user)).code for _ in range(2)] == [0, 0]
    assert await counts_of(ann, ann.user, bob.user) == [[0, 0, 0]] * 2
    refused, told = await follow(bob, ann.user), await follow(ann, bob.user)
    assert (refused.code, told.code) == (REFUSED, REFUSED)
    assert "block" not in refused.text
    assert "block" in told.text
    assert await blocked_by(ann) == [bob.user]
    assert [(await block(ann, bob.user, "remove")).code for _ in range(2)] == [0, 0]
    assert await blocked_by(ann) == []
    assert (await follow(bob, ann.user)).code == 0


async def test_who_is_blocked_leaves_the_blockers_room_and_does_not_come_in(service: Service) -> None:
    host, guest, other = await people(service, 3)
    room = await host.go_live()
    for viewer in (guest, other):
        assert (await viewer.enter(room, "audience")).code == 0
    await block(host, guest.user)
    assert await members(service, room) == {host.user, other.user}
    second = await guest.account.sign_in()
    banned = [await viewer.enter(room, "audience") for viewer in (guest, second)]
    assert {answer.code for answer in banned} == {BANNED}
    assert "block" not in banned[0].text
    assert (await host.enter(guest.user)).code != BANNED, "a block is no wall around whoever has made it"
    assert (await guest.enter(await other.go_live(), "audience")).code == 0
    await block(host, guest.user, "remove")
    assert (await guest.enter(room, "audience")).code == 0


async def test_a_block_made_while_the_blocker_is_not_live_holds_when_they_are(service: Service) -> None:
    host, guest, stranger = await people(service, 3)
    assert (await block(host, guest.user)).code == (await block(host, stranger.user)).code == 0
    room = await host.go_live()
    assert (await guest.enter(room, "audience")).code == BANNED
    assert (await stranger.enter(room, "audience")).code == BANNED
    assert (await stranger.enter(room, "anchor")).code == BANNED


async def test_who_was_about_to_enter_as_they_were_blocked_is_put_out_by_the_relay(service: Service) -> None:
    host, guest = await people(service, 2)
    room = await host.go_live()
    tenant, now = service.core.services.tenants.default, service.clock.now()
    user, session = UserId(guest.user), SessionId(new_id(now))
    await service.core.db.sessions.add(Session(session, user, tenant.name, now))
    claim = PresenceClaim(
        Heartbeat(user, session, now, keepalive=False), RoomId(room), EntryId(new_id(now)), host=False
    )
    claimed = (await service.core.live.claim_presence(claim))._replace(profile=Profile())
    await block(host, guest.user)
    request = EnterRequest(Role.AUDIENCE, "", RoomChanges(), "")
    await service.core.services.entering.admissions.admit(Actor(user, session, tenant), claim, claimed, request)
    assert await members(service, room) == {host.user, guest.user}
    service.clock.advance(0.9)
    await service.core.jobs.relay.run()
    assert await members(service, room) == {host.user}
    assert (await guest.enter(room, "audience")).code == BANNED


async def test_in_somebody_elses_room_who_is_blocked_does_not_name_or_answer_the_blocker(service: Service) -> None:
    host, ann, bob = await people(service, 3)
    room = await host.go_live()
    for viewer in (ann, bob):
        await viewer.enter(room, "audience")
    said = (await ann.call("messages/send", {"roomId": room, "text": "hello"})).data["messageId"]
    await block(ann, bob.user)
    hello = {"roomId": room, "text": "hello"}
    codes = [
        (await bob.call("messages/send", {**hello, **names})).code
        for names in ({"mentions": [host.user, ann.user]}, {"replyTo": said}, {"mentions": [host.user]}, {})
    ]
    assert codes == [REFUSED, REFUSED, 0, 0]
    assert (await ann.call("messages/send", {**hello, "mentions": [bob.user]})).code == 0


async def test_who_is_blocked_invites_the_blocker_neither_to_a_seat_nor_to_a_room(service: Service) -> None:
    host, guest = await people(service, 2)
    room = await host.go_live()
    await guest.enter(room, "audience")
    await host.call("seats/configure", {"roomId": room, "seats": 4, "mode": "apply"})
    await host.call("rooms/set_options", {"roomId": room, "access": "invited"})
    await block(guest, host.user)
    assert await members(service, room) == {host.user, guest.user}
    about = {"roomId": room, "targetId": guest.user}
    assert [(await host.call(method, about)).code for method in ("seats/invite", "rooms/invite")] == [REFUSED] * 2
    await block(guest, host.user, "remove")
    assert [(await host.call(method, about)).code for method in ("seats/invite", "rooms/invite")] == [0, 0]


async def test_the_room_of_who_has_blocked_a_host_is_not_there_to_be_connected(service: Service) -> None:
    ann, bob = await people(service, 2)
    rooms = [await host.go_live() for host in (ann, bob)]
    await block(ann, bob.user)

    async def result() -> str:
        asked = {"roomId": rooms[1], "roomIds": rooms[0]}
        return str((await bob.call("connections/request", asked)).data[0]["result"])

    assert await result() == "roomNotExists"
    await block(ann, bob.user, "remove")
    assert await result() == "requested"


async def test_nobody_blocks_themselves_or_whom_the_tenant_does_not_have(service: Service) -> None:
    ann, bob = await people(service, 2)
    await service.make_tenant("blocks")
    elsewhere = await service.sign_up(app="blocks")
    assert [(await block(ann, who)).code for who in (ann.user, elsewhere.user, "nobody", "")] == [208, 206, 206, 208]
    assert (await block(ann, ann.user, "remove")).code == 208
    await service.core.moderation.delete(UserId(bob.user))
    assert (await block(ann, bob.user)).code == 206


async def test_whom_more_have_blocked_than_a_record_keeps_is_refused_all_the_same(service: Service) -> None:
    troll, other, host = await people(service, 3)

    async def block_often(tx: Tx) -> None:
        for number in range(KEPT_BLOCKERS):
            await tx.blocks.add(UserId(f"b{number}"), UserId(troll.user), service.clock.now())

    await service.core.db.transact(block_often)
    await block(host, troll.user)
    assert (await troll.enter(await host.go_live(), "audience")).code == BANNED
    assert (await troll.enter(await other.go_live(), "audience")).code == 0


async def test_who_is_blocked_hands_no_room_to_the_blocker_and_sends_them_no_signal(service: Service) -> None:
    host, guest = await people(service, 2)
    room = await host.go_live()
    await guest.enter(room, "audience")
    await block(guest, host.user)
    handed = await host.call("rooms/transfer_owner", {"roomId": room, "targetId": guest.user})
    signal = {"roomId": room, "payload": "{}"}
    sent = await host.call("rtc/signal", {**signal, "to": guest.user})
    assert (handed.code, sent.code) == (REFUSED, REFUSED)
    assert "block" not in handed.text + sent.text
    assert (await guest.call("rtc/signal", {**signal, "to": host.user})).code == 0


async def test_a_new_owner_has_those_out_of_the_room_whom_they_have_blocked(service: Service) -> None:
    host, heir, guest, other = await people(service, 4)
    room = await host.go_live()
    for viewer in (heir, guest, other):
        await viewer.enter(room, "audience")
    await block(heir, guest.user)
    assert await members(service, room) == {host.user, heir.user, guest.user, other.user}
    assert (await host.call("rooms/transfer_owner", {"roomId": room, "targetId": heir.user})).code == 0
    assert await members(service, room) == {host.user, heir.user, other.user}
    assert (await guest.enter(room, "audience")).code == BANNED
