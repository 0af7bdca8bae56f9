"""What sockets see of what an operator's server does: kicks, revoked tokens, bans, bars and notices."""

from tests.realtime.peers import Peer, Stage

CLOSED = {"revoke_tokens": 4500, "ban_user": 4501}


async def test_who_is_kicked_is_taken_off_the_room_and_the_others_hear_why(stage: Stage) -> None:
    await stage.hub.listen()
    _, room, publisher = await stage.host()
    device, viewer = await stage.member(room)
    for peer in (publisher, viewer):
        await peer.subscribe(room)
    backend = await stage.service.make_key()
    assert (await backend.call("admin/kick_user", {"roomId": room, "userId": device.user})).data == {"kicked": True}
    assert await viewer.unsubscribed(room) == 2000
    await viewer.until(lambda: _received(viewer, device.user, "user.removed"))
    assert _received(viewer, device.user, "user.removed") == [
        {"roomId": room, "reason": "kicked", "text": "", "untilUtc": ""}
    ]
    assert (await backend.call("admin/kick_user", {"roomId": room, "userId": device.user})).data == {"kicked": False}
    await stage.pace()
    left = await publisher.event(room, "member.left")
    assert (left["userId"], left["reason"]) == (device.user, "kicked")
    assert await viewer.error(subscribe={"channel": f"room:{room}"}) == 103
    assert (await device.enter(room, "audience")).code == 0
    assert (await viewer.subscribe(room))["data"]["membersTotal"] == 2


async def test_sockets_end_with_the_tokens_that_are_revoked(stage: Stage) -> None:
    await stage.hub.listen()
    backend = await stage.service.make_key()
    for method, code in CLOSED.items():
        device, peer = await stage.member()
        second = await stage.connect(await device.account.sign_in())
        assert (await backend.call(f"admin/{method}", {"userId": device.user})).code == 0
        assert [await peer.until_closed(), await second.until_closed()] == [code, code]


async def test_a_notice_reaches_the_room_and_the_user(stage: Stage) -> None:
    await stage.hub.listen()
    _, room, publisher = await stage.host()
    device, viewer = await stage.member(room)
    await publisher.subscribe(room)
    backend = await stage.service.make_key()
    received = {"text": "还有五分钟", "data": {"minutes": 5}}
    assert (await backend.call("admin/send_notice", {"roomId": room, **received})).code == 0
    assert (await backend.call("admin/send_notice", {"userId": device.user, "text": "只给你"})).code == 0
    notice = await publisher.event(room, "room.notice")
    assert (notice["data"], notice["cause"]) == (received, "service")
    await viewer.until(lambda: _received(viewer, device.user, "user.notice"))
    assert _received(viewer, device.user, "user.notice") == [{"text": "只给你", "data": None}]


async def test_whoever_is_banned_reads_why_and_how_to_appeal_before_the_connection_ends(stage: Stage) -> None:
    await stage.hub.listen()
    host, room, publisher = await stage.host()
    device, viewer = await stage.member(room)
    backend = await stage.service.make_key()
    about = {"roomId": room, "targetId": device.user, "reason": "spam"}
    report = (await host.call("moderation/report", about)).data["reportId"]
    ban = {"reportIds": [report], "action": "ban", "everywhere": True, "seconds": 60, "reasonId": "spam"}
    assert (await backend.call("admin/resolve_reports", ban)).data[0]["outcome"] == "done"
    assert await viewer.until_closed() == 4501
    (statement,) = _received(viewer, device.user, "user.statement")
    assert isinstance(statement, dict)
    assert (statement["measure"], statement["roomId"], statement["mayAppeal"]) == ("ban", "", True)
    appeal = {"appealToken": statement["appealToken"], "text": "please"}
    assert (await stage.service.call("moderation/appeal_by_token", appeal)).code == 0
    await publisher.until(lambda: _received(publisher, host.user, "report.resolved"))
    (told,) = _received(publisher, host.user, "report.resolved")
    assert isinstance(told, dict)
    assert (told["reportId"], told["result"]) == (report, "acted")


def _received(peer: Peer, user: str, kind: str) -> list[object]:
    received = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}"]
    return [event["data"] for event in received if event["type"] == kind]


async def test_the_socket_is_no_door_for_an_operators_server(stage: Stage) -> None:
    device, peer = await stage.member()
    await stage.service.name_admin(device)
    for method in ("get_user", "ban_user", "issue_token"):
        assert (await peer.rpc(f"admin/{method}", userId=device.user))["errorCode"] == 3000


async def test_nobody_in_a_room_hears_of_its_bar(stage: Stage) -> None:
    host, room, publisher = await stage.host()
    await publisher.subscribe(room)
    backend = await stage.service.make_key()
    for method in ("bar_room", "unbar_room"):
        assert (await backend.call(f"admin/{method}", {"roomId": room})).code == 0
    await host.call("rooms/update_room", {"roomId": room, "title": "new"})
    assert (await publisher.event(room, "room.updated"))["room"]["title"] == "new"
    assert [event["type"] for event in publisher.events(room)] == ["room.updated"]
