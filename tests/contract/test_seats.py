"""Seats over HTTP: how one comes to one and leaves it, who may do what, and what each call says that cannot be."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED
from tests.service import Answer, Device, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, CLUSTER], indirect=True, scope="module")


@dataclass
class Show:
    """A live room with its host and a few who watch."""

    service: Service
    host: Device
    guests: Sequence[Device]
    room: str

    async def call(self, by: Device, method: str, **params: Any) -> Answer:
        return await by.call(f"seats/{method}", {"roomId": self.room, **params})

    async def do(self, by: Device, method: str, **params: Any) -> Any:
        return (await self.call(by, method, **params)).data

    async def seats(self) -> dict[int, str]:
        """Return who has which seat."""
        listed = await self.do(self.host, "list")
        return {seat["seat"]: seat["userId"] for seat in listed["seats"] if seat["userId"]}

    async def waiting(self) -> list[str]:
        return [one["requestId"] for one in (await self.do(self.host, "list"))["requests"]]

    async def role(self, who: Device) -> str:
        listed = (await self.host.call("rooms/list_users", {"roomId": self.room, "limit": 100})).data
        return str(next(member["role"] for member in listed if member["userId"] == who.user))

    async def moderator(self) -> Device:
        """Return a moderator who is in the room."""
        return await self.service.moderator(self.host, self.room)


async def set_up(service: Service, guests: int = 2, **options: Any) -> Show:
    host = await service.sign_up()
    room = await host.go_live()
    people = [await service.sign_up() for _ in range(guests)]
    for person in people:
        await person.enter(room, "audience")
    show = Show(service, host, people, room)
    if options:
        await show.do(host, "configure", **options)
    return show


async def test_a_room_begins_with_eight_seats_for_which_one_applies(service: Service) -> None:
    show = await set_up(service)
    listed = await show.do(show.guests[0], "list")
    assert (listed["mode"], listed["requests"], len(listed["seats"])) == ("apply", [], 8)
    nobody = {"userId": "", "name": "", "avatar": "", "locked": False}
    mutes = {"audioMuted": False, "videoMuted": False, "audioOff": False, "videoOff": False}
    assert listed["seats"][7] == {"seat": 8, **nobody, **mutes}
    assert listed == await show.do(show.host, "list")


async def test_a_viewer_applies_is_approved_speaks_and_leaves(service: Service) -> None:
    show = await set_up(service)
    guest = show.guests[0]
    asked = await show.do(guest, "apply", seat=3)
    assert (asked["kind"], asked["userId"], asked["by"], asked["seat"]) == ("apply", guest.user, guest.user, 3)
    assert await show.waiting() == [asked["requestId"]]
    seat = await show.do(show.host, "approve", requestId=asked["requestId"])
    assert (seat["seat"], seat["userId"], await show.seats(), await show.waiting()) == (
        3,
        guest.user,
        {3: guest.user},
        [],
    )
    assert await show.role(guest) == "speaker"
    await show.do(guest, "leave")
    assert (await show.seats(), await show.role(guest)) == ({}, "audience")
    assert (await show.call(guest, "leave")).code == 3013


async def test_a_host_invites_and_whom_they_invite_accepts_or_refuses(service: Service) -> None:
    show = await set_up(service, mode="invite")
    first, second = show.guests
    for guest in show.guests:
        assert (await show.call(guest, "take")).code == 4100
        assert (await show.call(guest, "apply")).code == 4100
    asked = [await show.do(show.host, "invite", targetId=guest.user) for guest in show.guests]
    assert (asked[0]["kind"], asked[0]["by"], asked[0]["userId"]) == ("invite", show.host.user, first.user)
    assert (await show.call(second, "accept", requestId=asked[0]["requestId"])).code == 3000
    assert (await show.do(first, "accept", requestId=asked[0]["requestId"]))["seat"] == 1
    assert (await show.call(show.host, "refuse", requestId=asked[1]["requestId"])).code == 3000, "it is not the host's"
    await show.do(second, "refuse", requestId=asked[1]["requestId"], reason="not today")
    assert await show.seats() == {1: first.user}
    assert (await show.call(first, "accept", requestId=asked[0]["requestId"])).code == 3012
    assert (await show.call(show.host, "invite", targetId=first.user)).code == 4200, "they have one"


async def test_where_seats_are_free_anybody_takes_one_moves_and_says_no_more_than_needed(service: Service) -> None:
    show = await set_up(service, seats=2, mode="free")
    first, second = show.guests
    assert (await show.do(first, "take"))["seat"] == 1
    assert (await show.do(first, "take"))["seat"] == 1, "twice is once"
    assert (await show.do(first, "take", seat=2))["seat"] == 2
    assert (await show.do(first, "move", seat=1))["seat"] == 1
    assert (await show.call(second, "take", seat=1)).code == 4200
    assert (await show.call(second, "take", seat=3)).code == 4002
    await show.do(second, "take")
    assert (await show.call(show.host, "take")).code == 4200
    assert (await show.call(first, "move", seat=2)).code == 4200
    assert (await show.call(first, "apply")).code == 4100
    await show.do(show.host, "configure", seats=0)
    assert await show.seats() == {}
    for method in ("take", "apply"):
        assert (await show.call(first, method)).code == 4000


async def test_of_everybody_who_takes_the_last_seat_at_once_one_has_it(service: Service) -> None:
    show = await set_up(service, 8, seats=1, mode="free")
    answers = await asyncio.gather(*(show.call(guest, "take", seat=1) for guest in show.guests))
    assert sorted(answer.code for answer in answers) == [0, *[4200] * 7]
    (winner,) = [answer.data["userId"] for answer in answers if answer.code == 0]
    assert await show.seats() == {1: winner}


async def test_everybody_who_applies_at_once_waits(service: Service) -> None:
    show = await set_up(service, 0)
    crowd = [await service.sign_up() for _ in range(40)]
    await asyncio.gather(*(guest.enter(show.room, "audience") for guest in crowd))
    answers = await asyncio.gather(*(show.call(guest, "apply") for guest in crowd))
    assert sorted(await show.waiting()) == sorted(answer.data["requestId"] for answer in answers)


async def test_two_hosts_who_approve_one_application_at_once_approve_it_once(service: Service) -> None:
    show = await set_up(service)
    moderator, guest = await show.moderator(), show.guests[0]
    id = (await show.do(guest, "apply"))["requestId"]
    answers = await asyncio.gather(*(show.call(by, "approve", requestId=id) for by in (show.host, moderator)))
    assert sorted(answer.code for answer in answers) == [0, 3012]
    assert await show.seats() == {1: guest.user}


async def test_what_is_not_answered_is_over_after_fifteen_seconds(service: Service) -> None:
    show = await set_up(service)
    guest = show.guests[0]
    first = await show.do(guest, "apply")
    service.clock.advance(16)
    assert (await show.call(show.host, "approve", requestId=first["requestId"])).code == 3012
    second = await show.do(guest, "apply")
    assert second["requestId"] != first["requestId"]
    service.clock.advance(16)
    await service.tick()
    assert await show.waiting() == []
    service.clock.advance(60)
    assert (await service.tick())["ended"] == 0, "it is over once"


async def test_what_one_asks_for_one_takes_back(service: Service) -> None:
    show = await set_up(service, 3)
    one, two, three = show.guests
    asked = [await show.do(guest, "apply") for guest in show.guests]
    assert (await show.do(one, "apply"))["requestId"] == asked[0]["requestId"], "twice is once"
    assert (await show.call(one, "cancel", requestId=asked[1]["requestId"])).code == 3000
    await show.do(two, "cancel", requestId=asked[1]["requestId"])
    await show.do(three, "cancel")
    assert await show.waiting() == [asked[0]["requestId"]]
    assert (await show.call(two, "cancel", requestId=asked[1]["requestId"])).code == 3012
    assert (await show.call(two, "cancel")).code == 0, "there is nothing"


async def test_who_leaves_the_room_waits_no_more(service: Service) -> None:
    show = await set_up(service)
    guest = show.guests[0]
    id = (await show.do(guest, "apply"))["requestId"]
    await guest.leave(show.room)
    assert await show.waiting() == []
    assert (await show.call(show.host, "approve", requestId=id)).code == 3012
    assert (await show.call(show.host, "invite", targetId=guest.user)).code == 206
    for method in ("list", "take", "apply", "leave"):
        assert (await show.call(guest, method)).code == 3007


async def test_a_seat_is_left_with_the_room_however_one_leaves_it(service: Service) -> None:
    show = await set_up(service, 3, mode="free")
    for guest in show.guests:
        await show.do(guest, "take")
    left, kicked, lost = show.guests
    await left.leave(show.room)
    assert (await show.host.call("moderation/kick", {"roomId": show.room, "targetId": kicked.user})).code == 0
    await lost.call("auth_users/user_logout")
    service.clock.advance(2)
    await service.tick()
    assert await show.seats() == {}
    assert (await show.call(show.host, "list")).code == 0


async def test_a_seat_stays_with_whoever_comes_back_on_another_device(service: Service) -> None:
    show = await set_up(service, 1, mode="free")
    (phone,) = show.guests
    await show.do(phone, "take", seat=2)
    tablet = await phone.account.sign_in()
    await tablet.enter(show.room, "audience")
    await phone.leave(show.room)
    assert await show.seats() == {2: phone.user}
    await tablet.leave(show.room)
    assert await show.seats() == {}


async def test_a_locked_seat_is_nobodys_until_it_is_unlocked(service: Service) -> None:
    show = await set_up(service, mode="free", seats=3)
    first, second = show.guests
    await show.do(first, "take", seat=1)
    locked = await show.do(show.host, "lock", seat=1, locked=True)
    assert (locked["locked"], locked["userId"]) == (True, "")
    assert (await show.call(second, "take", seat=1)).code == 4201
    assert (await show.do(second, "take"))["seat"] == 2, "the first that is to be had"
    assert (await show.do(show.host, "lock", seat=1, locked=False))["locked"] is False
    assert (await show.do(first, "take", seat=1))["seat"] == 1
    assert (await show.call(show.host, "lock", seat=4, locked=True)).code == 4002
    for wrong in ({"seat": 1}, {"seat": 1, "locked": "perhaps"}, {"seat": "one", "locked": True}, {"locked": True}):
        assert (await show.call(show.host, "lock", **wrong)).code == 4103


async def test_what_a_host_has_muted_a_host_lifts(service: Service) -> None:
    show = await set_up(service, mode="free")
    guest = show.guests[0]
    await show.do(guest, "take")
    assert (await show.do(guest, "mute", audio=True))["audioOff"] is True
    muted = await show.do(show.host, "mute", targetId=guest.user, audio=True, video=True)
    assert (muted["audioMuted"], muted["videoMuted"], muted["audioOff"]) == (True, True, True)
    assert (await show.call(guest, "mute", audio=False)).code == 4102
    assert (await show.call(guest, "mute", video=False)).code == 4102
    lifted = await show.do(show.host, "mute", targetId=guest.user, audio=False)
    assert (lifted["audioMuted"], lifted["videoMuted"], lifted["audioOff"]) == (False, True, True)
    assert (await show.do(guest, "mute", audio=False))["audioOff"] is False
    for wrong in ({}, {"audio": "loud"}, {"targetId": guest.user}):
        assert (await show.call(show.host, "mute", **wrong)).code == 4102
    assert (await show.call(show.host, "mute", audio=True)).code == 3013, "the host has none"


async def test_who_takes_a_seat_again_is_muted_as_a_host_had_muted_them(service: Service) -> None:
    show = await set_up(service, mode="free")
    guest = show.guests[0]
    await show.do(guest, "take")
    await show.do(show.host, "mute", targetId=guest.user, audio=True)
    await show.do(guest, "leave")
    again = await show.do(guest, "take", seat=3)
    assert (again["audioMuted"], again["videoMuted"]) == (True, False)
    await guest.leave(show.room)
    await guest.enter(show.room, "audience")
    assert (await show.do(guest, "take"))["audioMuted"] is True
    assert (await show.call(guest, "mute", audio=False)).code == 4102
    assert (await show.do(show.host, "mute", targetId=guest.user, audio=False))["audioMuted"] is False
    await show.do(guest, "leave")
    assert (await show.do(guest, "take"))["audioMuted"] is False


async def test_who_is_seated_by_a_host_is_heard_again(service: Service) -> None:
    show = await set_up(service, mode="free")
    guest = show.guests[0]
    await show.do(guest, "take")
    await show.do(show.host, "mute", targetId=guest.user, audio=True)
    await show.do(show.host, "kick", targetId=guest.user)
    await show.do(show.host, "configure", mode="apply")
    id = (await show.do(guest, "apply"))["requestId"]
    assert (await show.do(show.host, "approve", requestId=id))["audioMuted"] is False


async def test_nobody_acts_on_an_admin_who_has_a_seat(service: Service) -> None:
    show = await set_up(service, mode="free")
    admin, second = show.guests[0], await service.sign_up()
    await service.name_admin(admin)
    await service.name_admin(second)
    await show.do(admin, "take", seat=1)
    for device in (show.host, await show.moderator(), second):
        assert (await show.call(device, "kick", targetId=admin.user)).code == 3000
        assert (await show.call(device, "mute", targetId=admin.user, audio=True)).code == 3000
        assert (await show.call(device, "lock", seat=1, locked=True)).code == 3000
    assert (await show.seats()) == {1: admin.user}


async def test_hosts_and_moderators_arrange_whom_they_outrank(service: Service) -> None:
    show = await set_up(service, mode="free")
    moderator, (guest, other) = await show.moderator(), show.guests
    await show.do(show.host, "take", seat=1)
    await show.do(guest, "take", seat=2)
    assert (await show.do(moderator, "move", targetId=guest.user, seat=5))["seat"] == 5
    for target in (show.host.user, moderator.user):
        assert (await show.call(moderator, "kick", targetId=target)).code == (
            3013 if target == moderator.user else 3000
        )
    assert (await show.call(moderator, "mute", targetId=show.host.user, audio=True)).code == 3000
    assert (await show.call(moderator, "lock", seat=1, locked=True)).code == 3000, "the owner has it"
    await show.do(moderator, "kick", targetId=guest.user)
    assert await show.seats() == {1: show.host.user}
    assert await show.role(moderator) == "moderator"
    for method, params in (
        ("kick", {"targetId": show.host.user}),
        ("mute", {"targetId": show.host.user, "audio": True}),
        ("move", {"targetId": show.host.user, "seat": 4}),
        ("lock", {"seat": 4, "locked": True}),
        ("invite", {"targetId": guest.user}),
        ("configure", {"seats": 3}),
    ):
        assert (await show.call(other, method, **params)).code == 3000, method
    more: dict[str, dict[str, Any]] = {"kick": {}, "mute": {"audio": True}, "move": {"seat": 4}}
    for method, others in more.items():
        stranger = (await service.sign_up()).user
        assert (await show.call(show.host, method, targetId=stranger, **others)).code == 206, method
        assert (await show.call(show.host, method, targetId=other.user, **others)).code == 3013, method


async def test_an_owner_who_is_not_in_the_room_and_an_admin_arrange_its_seats(service: Service) -> None:
    show = await set_up(service)
    admin, guest = await service.sign_up(), show.guests[0]
    await service.name_admin(admin)
    id = (await show.do(guest, "apply"))["requestId"]
    assert (await show.do(admin, "approve", requestId=id))["userId"] == guest.user
    await show.host.leave(show.room)
    assert (await show.call(show.host, "kick", targetId=guest.user)).code == 0
    assert (await show.call(show.host, "list")).code == 0
    assert (await show.call(show.host, "take")).code == 3007
    assert (await show.call(admin, "configure", seats=3)).code == 0


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"seats": 51}, 4101),
        ({"seats": -1}, 4101),
        ({"seats": "many"}, 4101),
        ({"mode": "lottery"}, 4100),
        ({"mode": {}}, 4101),
        ({}, 0),
        ({"seats": 50, "mode": "free"}, 0),
    ],
)
async def test_only_what_there_is_can_be_configured(service: Service, params: dict[str, Any], code: int) -> None:
    show = await set_up(service, 0)
    answer = await show.call(show.host, "configure", **params)
    assert answer.code == code
    if code == 0:
        assert len(answer.data["seats"]) == params.get("seats", 8)
        assert answer.data["mode"] == params.get("mode", "apply")
        options = (await show.host.call("rooms/options", {"roomId": show.room})).data
        assert (options["seats"], options["seatMode"]) == (len(answer.data["seats"]), answer.data["mode"])


async def test_fewer_seats_put_off_those_above(service: Service) -> None:
    show = await set_up(service, mode="free")
    first, second = show.guests
    await show.do(first, "take", seat=2)
    await show.do(second, "take", seat=3)
    listed = await show.do(show.host, "configure", seats=2)
    assert [seat["userId"] for seat in listed["seats"]] == ["", first.user]
    assert await show.role(second) == "audience"


async def test_a_user_changes_seats_twenty_times_in_ten_seconds_and_reads_them_as_often_as_they_like(
    service: Service,
) -> None:
    show = await set_up(service, 1, mode="free")
    (guest,) = show.guests
    codes = [(await show.call(guest, "take")).code for _ in range(21)]
    assert codes == [0] * 20 + [3004]
    assert {(await show.call(guest, "list")).code for _ in range(25)} == {0}
    service.clock.advance(11)
    assert (await show.call(guest, "take")).code == 0


async def test_a_room_of_another_tenant_and_one_that_closed_have_no_seats(service: Service) -> None:
    show = await set_up(service, mode="free")
    guest = show.guests[0]
    await show.do(guest, "take")
    await service.make_tenant("elsewhere")
    stranger = await service.sign_up(app="elsewhere")
    for method in ("list", "take", "leave"):
        assert (await show.call(stranger, method)).code == 2004
    await show.host.call("rooms/destroy_room", {"roomId": show.room})
    for method in ("list", "take", "leave"):
        assert (await show.call(guest, method)).code == 2004
    await show.host.go_live()
    listed = await show.do(show.host, "list")
    assert (listed["mode"], await show.seats()) == ("apply", {}), "a broadcast begins with seats as ever"


async def test_the_state_of_a_room_shows_its_seats(service: Service) -> None:
    show = await set_up(service, mode="free")
    first, second = show.guests
    await show.do(first, "take", seat=2)
    await show.do(show.host, "invite", targetId=second.user, seat=4)
    state = (await second.call("rooms/state", {"roomId": show.room})).data["state"]
    assert state["seats"] == await show.do(second, "list")
    assert [member["role"] for member in state["members"]] == ["anchor", "speaker", "audience"]


async def test_whoever_is_not_in_the_room_is_told_just_that(service: Service) -> None:
    show = await set_up(service, 1, mode="free")
    stranger = await service.sign_up()
    moved, muted = await show.call(stranger, "move", seat=2), await show.call(stranger, "mute", audio=True)
    assert (moved.code, muted.code) == (3007, 3007), "their own seat is meant, which nobody has who is not there"
    invited = await show.call(show.host, "invite", targetId=stranger.user)
    kicked = await show.host.call("moderation/kick", {"roomId": show.room, "targetId": stranger.user})
    given = await show.host.call("rooms/transfer_owner", {"roomId": show.room, "targetId": stranger.user})
    received = {(answer.code, answer.body["errorMessage"]) for answer in (invited, kicked, given)}
    assert received == {(206, "that user is not in this room")}, "there is such a user"


async def test_whoever_has_a_seat_is_told_that_when_they_ask_for_one(service: Service) -> None:
    show = await set_up(service, 1)
    guest = show.guests[0]
    await show.call(guest, "apply")
    await show.do(show.host, "approve", requestId=(await show.waiting())[0])
    again = await show.call(guest, "apply")
    assert (again.code, again.body["errorMessage"]) == (4200, "already in a seat")
