"""@liveroom/client against a real service: a room's state through cuts, changes of hosts, removals and ends."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import pytest

from tests.clients.conftest import CODE, PHONE, App, Apps
from tests.sdk.cuts import wire
from tests.sdk.programs import Refused
from tests.sdk.stages import Stage
from tests.servers import LOOPBACK

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]
_CUTS: Final = (1.0, 5.0)
_LOST_AFTER: Final = 20
"""Seconds without a subscription after which somebody is no longer in a room."""


async def show(apps: Apps, stage: Stage, *, title: str = "Songs", url: str = "") -> tuple[App, str]:
    """Return a host who is live, and their room."""
    host = await apps.open(url or stage.liveroom.url, "guest", "Ann")
    opened = await host.act("session.rooms.open", {"title": title})
    await host.enter(opened["roomId"])
    return host, opened["roomId"]


def ids(state: Any) -> set[str]:
    return {member["userId"] for member in state["members"]}


async def settled(app: App, members: set[str] | None = None, **wanted: Any) -> Any:
    """Wait until the app's state has these members and these fields; return it."""
    while True:
        known, state = len(app.client.events), await app.state()
        if members in (None, ids(state)) and all(state[name] == value for name, value in wanted.items()):
            return state
        await app.client.until("state", after=known)


def unbroken(app: App) -> bool:
    """Say whether events came in order, and none came twice or is missing."""
    numbers = app.told("event", "seq")
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_messages_members_seats_and_likes_are_what_they_are_on_the_server(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    guest = await apps.open(stage.liveroom.url, "guest", "Bob")
    entered = await guest.enter(room)
    assert (entered["room"]["title"], entered["me"]["role"]) == ("Songs", "audience")
    await settled(guest, members={host.user, guest.user})
    for number in range(5):
        await asyncio.gather(host.act("room.send", f"host {number}"), guest.act("room.send", f"guest {number}"))
    await host.act("room.seats.configure", {"seats": 2, "mode": "free"})
    assert (await guest.act("room.seats.take", 2))["userId"] == guest.user
    await guest.act("room.like")
    await host.client.until("likes", count=1)
    await guest.client.until("event", type="room.likes")
    mine, theirs = await guest.state(), await host.state()
    assert mine["messages"] == theirs["messages"] == host.told("message", "text") == guest.told("message", "text")
    assert len(mine["messages"]) == 10
    assert (mine["me"]["role"], mine["me"]["seat"]["seat"]) == ("speaker", 2)
    assert mine["likes"] == theirs["likes"] == 1
    assert mine["seats"] == theirs["seats"]
    assert unbroken(host)
    assert unbroken(guest)


@pytest.mark.parametrize("websocket", [True, False], ids=["WebSocket", "HTTP streaming"])
async def test_after_a_short_cut_nothing_is_missing_and_nothing_came_twice(
    apps: Apps, stage: Stage, websocket: bool
) -> None:
    host, room = await show(apps, stage)

    async def cut_for(seconds: float) -> Sequence[str]:
        async with wire(stage.port) as line:
            guest = await apps.open(f"http://{LOOPBACK}:{line.port}", websocket=websocket)
            await guest.enter(room)
            known = len(guest.client.events)
            line.cut(seconds)
            await guest.client.until("status", status="reconnecting")
            await host.act("room.send", f"during a cut of {seconds} s")
            await guest.client.until("status", after=known, status="connected", within=seconds + 10)
            await host.act("room.send", f"after a cut of {seconds} s")
            await guest.client.until("message", text=f"after a cut of {seconds} s")
            assert (await guest.state())["status"] == "inside"
            assert unbroken(guest)
            return guest.told("message", "text")

    for seconds, told in zip(_CUTS, await asyncio.gather(*map(cut_for, _CUTS)), strict=True):
        about = [text for text in told if text.endswith(f"cut of {seconds} s")]
        assert about == [f"during a cut of {seconds} s", f"after a cut of {seconds} s"]


async def test_a_show_that_changes_hands_has_its_new_owner_everywhere(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    guest = await apps.open(stage.liveroom.url, "guest", "Bob")
    await guest.enter(room)
    await host.act("room.transfer", guest.user)
    await guest.client.until("event", type="room.owner_changed")
    await host.client.until("event", type="room.owner_changed")
    assert (await guest.state())["me"]["rank"] == "owner"
    assert (await host.state())["me"]["rank"] == "audience"
    await guest.act("room.update", {"title": "Bob's"})
    await host.client.until("event", type="room.updated")
    shown = (await host.state())["room"]
    assert (shown["title"], shown["ownBy"]) == ("Bob's", guest.user)


async def test_who_is_kicked_or_banned_hears_it_and_stays_out(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    kicked = await apps.open(stage.liveroom.url, "guest", "Kit")
    banned = await apps.open(stage.liveroom.url, "guest", "Ben")
    await kicked.enter(room)
    await banned.enter(room)
    await host.act("room.moderation.kick", kicked.user, "noise")
    await host.act("room.moderation.ban", banned.user, 60)
    assert (await kicked.client.until("end"))["reason"] == "kicked"
    assert (await banned.client.until("end"))["reason"] == "banned"
    state = await kicked.state()
    assert (state["status"], state["end"]["removal"]["text"]) == ("ended", "noise")
    with pytest.raises(Refused, match="BannedError"):
        await banned.enter(room)
    await kicked.enter(room)
    await settled(kicked, members={host.user, kicked.user})


async def test_who_is_banned_from_the_service_is_signed_out(apps: Apps, stage: Stage) -> None:
    _, room = await show(apps, stage)
    device = await stage.people.sign_up()
    app = await apps.open(stage.liveroom.url, "signInWithToken", device.token)
    await app.enter(room)
    await stage.ban(device)
    assert (await app.client.until("signed out"))["reason"] == "banned"
    assert (await app.client.until("end"))["reason"] in {"banned", "signed_out"}


async def test_a_session_that_ends_elsewhere_ends_here(apps: Apps, stage: Stage) -> None:
    device = await stage.people.sign_up()
    app = await apps.open(stage.liveroom.url, "signInWithToken", device.token)
    await app.client.until("status", status="connected")
    assert (await device.call("auth_users/user_logout")).code == 0
    assert (await app.client.until("signed out"))["reason"] == "signed_out"


async def test_the_end_of_a_show_is_everybodys_and_says_why(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    guest = await apps.open(stage.liveroom.url)
    await guest.enter(room)
    await host.act("room.end")
    for app in (host, guest):
        end = await app.client.until("end")
        assert (end["reason"], end["detail"]) == ("closed", "destroyed")
    with pytest.raises(Refused, match="NotFoundError"):
        await guest.enter(room)


async def test_who_enters_another_room_has_left_the_first(apps: Apps, stage: Stage) -> None:
    first, second = await show(apps, stage), await show(apps, stage)
    guest = await apps.open(stage.liveroom.url, storage="a browser")
    other_tab = await apps.open(stage.liveroom.url, "restore", storage="a browser")
    await guest.enter(first[1])
    await other_tab.enter(second[1])
    assert (await guest.client.until("end"))["reason"] in {"moved", "removed"}
    assert (await other_tab.state())["status"] == "inside"


async def test_two_tabs_are_one_member_and_sign_out_together(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    one = await apps.open(stage.liveroom.url, "guest", "Tab", storage="two tabs")
    two = await apps.open(stage.liveroom.url, "restore", storage="two tabs")
    assert one.user == two.user
    await one.enter(room)
    await two.enter(room)
    await settled(two, members={host.user, one.user})
    await two.act("room.send", "from the second")
    await one.client.until("message", text="from the second")
    await one.act("session.signOut")
    assert (await two.client.until("signed out"))["reason"] == "signed_out"
    assert (await apps.open(stage.liveroom.url, "restore", storage="two tabs")).user == ""


async def test_there_are_several_ways_to_sign_in_and_each_refusal_has_its_class(apps: Apps, stage: Stage) -> None:
    app = await apps.open(stage.liveroom.url, "register", "zoe", "correct horse")
    again = await apps.open(stage.liveroom.url, "signIn", " zoe ", "correct horse")
    assert app.user == again.user
    with pytest.raises(Refused, match="98: RefusedError"):
        await apps.open(stage.liveroom.url, "signIn", "zoe", "battery staple")
    with pytest.raises(Refused, match="204: SignedOutError"):
        await apps.open(stage.liveroom.url, "signInWithToken", "x.y.z")
    asked = await app.act("liveroom.requestCode", {"phone": PHONE})
    with pytest.raises(Refused, match="200: RefusedError"):
        await apps.open(stage.liveroom.url, "signInWithCode", asked, "000000")
    by_phone = await apps.open(stage.liveroom.url, "signInWithCode", asked, CODE)
    assert by_phone.user != app.user


async def test_who_is_too_fast_is_told_how_long_to_wait(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    await host.act("room.setOptions", {"slowMode": 30})
    guest = await apps.open(stage.liveroom.url)
    await guest.enter(room)
    await guest.act("room.send", "first")
    with pytest.raises(Refused, match=r"3004: RateLimitedError, wait (2\d|30) s"):
        await guest.act("room.send", "second")


async def test_a_room_with_a_password_opens_to_the_right_one(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    await host.act("room.setOptions", {"password": "sesame"})
    guest = await apps.open(stage.liveroom.url)
    with pytest.raises(Refused, match="PasswordError"):
        await guest.enter(room)
    assert (await guest.enter(room, password="sesame"))["options"]["hasPassword"] is True


async def test_without_a_socket_state_and_messages_come_by_asking(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    guest = await apps.open(stage.liveroom.url, realtime="polling")
    await guest.enter(room)
    await host.act("room.send", "hello")
    await settled(guest, members={host.user, guest.user}, messages=["hello"], total=2)


async def test_replies_mentions_and_pinned_messages_are_part_of_it(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    guest = await apps.open(stage.liveroom.url, "guest", "Bob")
    await guest.enter(room)
    said = await guest.act("room.send", "What is this piece?")
    reply = await host.act("room.send", "A sonata", {"replyTo": said["messageId"], "mentions": [guest.user]})
    assert (reply["replyTo"]["messageId"], reply["mentions"]) == (said["messageId"], [guest.user])
    await host.act("room.messages.pin", reply["messageId"])
    await guest.client.until("event", type="room.options_changed")
    assert (await guest.state())["options"]["pinned"]["text"] == "A sonata"
    assert await guest.act("session.rooms.search", "no show has this title") == []


async def test_a_list_is_live(apps: Apps, stage: Stage) -> None:
    viewer = await apps.open(stage.liveroom.url)
    await viewer.client.ask("follow")
    host, _ = await show(apps, stage, title="A show to be found")
    await viewer.client.until_that(lambda: any("A show to be found" in rooms for rooms in viewer.told("list", "rooms")))
    await host.act("room.end")
    await viewer.client.until_that(lambda: "A show to be found" not in viewer.told("list", "rooms")[-1])


@pytest.mark.long
async def test_after_a_long_cut_the_place_is_taken_again(apps: Apps, stage: Stage) -> None:
    host, room = await show(apps, stage)
    seconds = 70.0
    async with wire(stage.port) as line:
        guest = await apps.open(f"http://{LOOPBACK}:{line.port}")
        await guest.enter(room)
        line.cut(seconds)
        await host.client.until("event", type="member.left", within=3 * _LOST_AFTER)
        await host.act("room.send", "while you were away")
        await guest.client.until("refreshed", within=seconds + 30)
        await settled(guest, members={host.user, guest.user}, status="inside", messages=["while you were away"])


@pytest.mark.long
async def test_fifty_rooms_in_a_row_leave_nothing_behind(apps: Apps, stage: Stage) -> None:
    hosts = [await show(apps, stage, title=f"Show {number}") for number in range(5)]
    guest = await apps.open(stage.liveroom.url)

    async def visit(times: int) -> int:
        for number in range(times):
            await guest.enter(hosts[number % len(hosts)][1])
            await guest.act("room.like")
            await guest.act("room.leave")
        return int(await guest.client.ask("heap"))

    before = await visit(10)
    after = await visit(50)
    assert after - before < 50 * 10_000, f"{(after - before) / 50:.0f} bytes for each room"
