"""Operators on the socket: they hear what happens, are nobody in a room, and end with their key."""

from datetime import timedelta
from functools import partial

import pytest

from tests.consoles import signed_in
from tests.realtime.peers import Peer, Stage
from tests.service import Device, Keyholder

DENIED, UNKNOWN = 103, 102


def told(peer: Peer, channel: str) -> list[dict[str, object]]:
    """Return what was published on a channel."""
    return [push["pub"]["data"] for push in peer.pushes if push["channel"] == channel and "pub" in push]


async def begin(peer: Peer, channel: str) -> dict[str, object]:
    """Subscribe; return what the subscription begins with."""
    found = (await peer.ask(subscribe={"channel": channel}))["subscribe"]["data"]
    assert isinstance(found, dict)
    return found


async def test_an_operator_watches_a_room_without_being_in_it(stage: Stage) -> None:
    host, room, publisher = await stage.host()
    await publisher.subscribe(room, join_leave=True)
    operator = await stage.console(await stage.service.make_key())
    state = (await operator.subscribe(room))["data"]
    assert (state["room"]["roomId"], state["membersTotal"]) == (room, 1)
    await host.call("messages/send", {"roomId": room, "text": "大家好"})
    await stage.pace()
    assert (await operator.event(room, "message.sent"))["data"]["text"] == "大家好"
    assert await host.members(room) == [host.user]
    assert (await publisher.ask(presence_stats={"channel": f"room:{room}"}))["presence_stats"]["num_clients"] == 1
    operator.client.lost()
    await stage.idle()
    assert not [push for push in publisher.pushes if "join" in push or "leave" in push]


async def test_an_operator_who_begins_to_watch_reads_the_room_once(stage: Stage) -> None:
    _, room, _ = await stage.host()
    operator = await stage.console(await stage.service.make_key())
    asked, snapshot = 0, stage.hub.channels.snapshot

    async def counted(*given: object) -> object:
        nonlocal asked
        asked += 1
        return await snapshot(*given)  # type: ignore[arg-type]

    stage.hub.channels.snapshot = counted  # type: ignore[method-assign, assignment]
    assert (await operator.subscribe(room))["data"]["membersTotal"] == 1
    assert asked == 1


async def test_an_operator_watches_private_rooms_until_they_close(stage: Stage) -> None:
    host, room, _ = await stage.host()
    assert (await host.call("rooms/set_options", {"roomId": room, "access": "private"})).code == 0
    operator = await stage.console(await stage.service.make_key())
    await operator.subscribe(room)
    await host.call("rooms/destroy_room", {"roomId": room})
    assert await operator.unsubscribed(room) == 2001


async def test_rooms_of_other_tenants_do_not_exist_for_an_operator(stage: Stage) -> None:
    _, room, _ = await stage.host()
    await stage.service.make_tenant("other")
    operator = await stage.console(await stage.service.make_key("other"))
    for channel in (f"room:{room}", "room:none", "console:nothing", "console:"):
        assert await operator.error(subscribe={"channel": channel}) == UNKNOWN


async def test_a_connection_may_listen_to_what_its_permissions_say(stage: Stage) -> None:
    _, room, _ = await stage.host()
    operator = await stage.console(await stage.service.make_key("", "admin:overview"))
    for channel in (f"room:{room}", "console:reports", "console:appeals", "rooms:_all", "user:1"):
        assert await operator.error(subscribe={"channel": channel}) == DENIED
    assert await operator.error(rpc={"method": "rooms/query_room", "data": {}}) == DENIED
    assert await operator.error(publish={"channel": "console:overview", "data": {}}) == DENIED


async def test_users_hear_nothing_of_the_console(stage: Stage) -> None:
    ann, peer = await stage.member()
    assert await peer.error(subscribe={"channel": "console:reports"}) == UNKNOWN
    assert (await ann.call("admin/socket_token")).code == 3000


async def test_an_operators_token_is_no_users_and_the_reverse(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    backend = await stage.service.make_key()
    token = (await backend.call("admin/socket_token")).data["token"]
    assert (await stage.service.call("auth_users/user_keepalive", {"userId": ann.user, "token": token})).code == 204
    for forged in ("lrc_", "lrc_.", token[:-1], token.replace("lrc_", "lrc_A"), f"lrc_{ann.token}", f"lrc_é.{token}"):
        peer = stage.visit()
        peer.say({"id": 1, "connect": {"data": {"token": forged}}})
        assert await peer.until_closed() == 3500


async def test_a_revoked_key_ends_its_connections_within_a_second(stage: Stage) -> None:
    backend, other = await stage.service.make_key(), await stage.service.make_key()
    ended, stays = await stage.console(backend), await stage.console(other)
    await stage.service.services.server_keys.revoke(backend.key.split("_")[1])
    stage.turn(2)
    assert await ended.until_closed() == 4500
    await stage.idle()
    assert stays.closed is None


async def test_a_token_is_refreshed_before_its_ten_minutes_are_over(stage: Stage) -> None:
    backend = await stage.service.make_key()
    peer = stage.visit()
    first = (await backend.call("admin/socket_token")).data["token"]
    result = (await peer.ask(connect={"token": first}))["connect"]
    assert (result["expires"], 590 < result["ttl"] <= 600) == (True, True)
    stage.service.clock.advance(timedelta(minutes=9))
    newer = (await backend.call("admin/socket_token")).data["token"]
    assert 590 < (await peer.ask(refresh={"token": newer}))["refresh"]["ttl"] <= 600
    stage.service.clock.advance(timedelta(minutes=10, seconds=26))
    assert await stage.visit().error(connect={"token": newer}) == 109
    stage.turn(50)
    assert await peer.until_closed() == 3005


@pytest.mark.parametrize("another", ["another key", "another tenant", "fewer permissions"])
async def test_a_refresh_with_a_token_of_somebody_else_ends_the_connection(stage: Stage, another: str) -> None:
    backend = await stage.service.make_key()
    peer = await stage.console(backend)
    holder = await _other(stage, another)
    peer.say({"id": 9, "refresh": {"token": (await holder.call("admin/socket_token")).data["token"]}})
    assert await peer.until_closed() == 3500


async def _other(stage: Stage, another: str) -> Keyholder:
    if another == "another tenant":
        await stage.service.make_tenant("other")
        return await stage.service.make_key("other")
    return await stage.service.make_key("", *(["admin:overview"] if another == "fewer permissions" else []))


async def test_an_operator_who_is_signed_in_listens_until_their_session_ends(stage: Stage) -> None:
    browser, other = await signed_in(stage.service, "moderator"), await signed_in(stage.service, "moderator")
    peers = [await stage.console(browser), await stage.console(other)]
    assert await begin(peers[0], "console:reports") == {"open": 0, "report": None}
    stage.turn(2)
    await stage.idle()
    assert [peer.closed for peer in peers] == [None, None]
    token = (await browser.call("admin/socket_token")).data["token"]
    assert (await browser.call("operators/sign_out")).code == 0
    stage.turn(2)
    assert await peers[0].until_closed() == 4500
    await stage.idle()
    assert peers[1].closed is None
    late = stage.visit()
    late.say({"id": 1, "connect": {"token": token}})
    assert await late.until_closed() == 3500


async def test_whose_role_is_another_comes_again_with_a_token_that_says_so(stage: Stage) -> None:
    administrator, browser = await signed_in(stage.service), await signed_in(stage.service, "administrator")
    old = (await browser.call("admin/socket_token")).data
    assert (old["scope"], len(old["permissions"])) == ("installation", 4)
    peer = await stage.console(browser)
    changed = {"operatorId": browser.operator, "roles": ["viewer"], "tenants": ["default"]}
    assert (await administrator.call("admin/update_operator", changed)).code == 0
    stage.turn(2)
    assert await peer.until_closed() == 3011
    assert await stage.visit().error(connect={"token": old["token"]}) == 109, "the SDK asks for another one"
    assert (await browser.call("admin/socket_token")).data["scope"] == "tenant"


async def test_an_operators_connection_is_pinged_and_renews_nothing(stage: Stage) -> None:
    operator = await stage.console(await stage.service.make_key())
    stage.turn(50)
    await stage.idle()
    await operator.until(lambda: operator.pings == 1)
    assert await stage.service.core.live.online() == 0
    stage.turn(50)
    assert await operator.until_closed() == 3012


async def test_a_report_is_told_as_it_is_filed_and_as_it_is_resolved(stage: Stage) -> None:
    host, room, _ = await stage.host()
    guest, _ = await stage.member(room)
    backend = await stage.service.make_key()
    operator = await stage.console(backend)
    assert await begin(operator, "console:reports") == {"open": 0, "report": None}
    filed = await guest.call("moderation/report", {"roomId": room, "targetId": host.user, "reason": "spam"})
    resolved = {"reportId": filed.data["reportId"], "outcome": "warned"}
    for _ in range(2):  # the second time changes nothing, and is not told
        assert (await backend.call("admin/resolve_report", resolved)).code == 0
    await guest.call("moderation/report", {"targetId": host.user, "reason": "abuse"})
    await operator.until(lambda: len(told(operator, "console:reports")) == 3)
    listed = (await backend.call("admin/list_reports", {"state": "resolved"})).data
    news = told(operator, "console:reports")
    assert [(one["open"], one["report"]["state"]) for one in news] == [(1, "open"), (0, "resolved"), (1, "open")]  # type: ignore[index]
    report = news[1]["report"]
    assert isinstance(report, dict)
    assert report.items() <= listed[0].items()
    again = await stage.console(backend)
    assert (await begin(again, "console:reports"))["open"] == 1


async def test_reports_are_told_the_operators_of_their_tenant_alone(stage: Stage) -> None:
    await stage.service.make_tenant("other")
    ours = await stage.console(await stage.service.make_key())
    others = await stage.console(await stage.service.make_key("other"))
    for peer in (ours, others):
        await begin(peer, "console:reports")
    _, room, _ = await stage.host()
    guest, _ = await stage.member(room)
    assert (await guest.call("moderation/report", {"roomId": room, "reason": "spam"})).code == 0
    await ours.until(lambda: told(ours, "console:reports"))
    assert told(others, "console:reports") == []


async def warned(backend: Keyholder, device: Device) -> str:
    """Warn a user; return the id of the statement that they can appeal."""
    given = {"userId": device.user, "text": "no advertising"}
    return str((await backend.call("admin/warn_user", given)).data["statementId"])


async def test_an_appeal_is_told_as_it_is_made_and_as_somebody_else_answers_it(stage: Stage) -> None:
    backend, guest = await stage.service.make_key(), await stage.service.sign_up()
    listener, other = await signed_in(stage.service, "moderator"), await signed_in(stage.service, "moderator")
    operator = await stage.console(listener)
    assert await begin(operator, "console:appeals") == {"open": 0, "appeal": None}
    first, second = await warned(backend, guest), await warned(backend, guest)
    for _ in range(2):  # the second time is refused, and is not told
        await guest.call("moderation/appeal", {"statementId": first, "text": "不是我"})
    stated = (await backend.call("admin/list_statements", {"userId": guest.user})).data[0]
    await stage.service.call("moderation/appeal_by_token", {"appealToken": stated["appealToken"], "text": "me neither"})
    for _ in range(2):  # the second time changes nothing
        assert (await other.call("admin/decide_appeal", {"statementId": first, "grant": False})).code == 0
    await operator.until(lambda: len(told(operator, "console:appeals")) == 3)
    news = told(operator, "console:appeals")
    assert [(one["open"], one["appeal"]["statementId"], one["appeal"]["state"]) for one in news] == [  # type: ignore[index]
        (1, first, "appealed"),
        (2, second, "appealed"),
        (1, first, "denied"),
    ]
    assert [one["appeal"] for one in news[1:2]] == (await backend.call("admin/list_appeals")).data
    assert (await begin(await stage.console(other), "console:appeals"))["open"] == 1


async def test_appeals_are_told_and_counted_for_the_tenant_that_an_operator_works_on(stage: Stage) -> None:
    await stage.service.make_tenant("other")
    guests = [await stage.service.sign_up(**by) for by in ({}, {"app": "other"})]
    keys = [await stage.service.make_key(name) for name in ("", "other")]
    limited = await signed_in(stage.service, "moderator", tenants=["other"])
    peers = [await stage.console(keys[0]), await stage.console(limited)]
    for peer in peers:
        assert await begin(peer, "console:appeals") == {"open": 0, "appeal": None}
    for guest, key, peer in zip(guests, keys, peers, strict=True):
        statement = await warned(key, guest)
        assert (await guest.call("moderation/appeal", {"statementId": statement, "text": "why?"})).code == 0
        await peer.until(partial(told, peer, "console:appeals"))
    heard = [told(peer, "console:appeals") for peer in peers]
    assert [[one["appeal"]["userId"] for one in news] for news in heard] == [[guest.user] for guest in guests]  # type: ignore[index]
    assert (await begin(await stage.console(limited), "console:appeals"))["open"] == 1


async def test_the_seventeenth_connection_of_a_key_closes_its_oldest(stage: Stage) -> None:
    backend = await stage.service.make_key()
    peers = [await stage.console(backend) for _ in range(17)]
    assert await peers[0].until_closed() == 3504
    assert [peer for peer in peers[1:] if peer.closed] == []
