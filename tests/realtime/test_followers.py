"""What sockets hear of followers: each new one by name, and not more in a second than one reads."""

from tests.realtime.peers import Peer, Stage


def heard(peer: Peer, user: str) -> list[tuple[str, str]]:
    """Return the followers whom a user's connection has heard of."""
    events = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}"]
    followers = [event["data"] for event in events if event["type"] == "user.followed"]
    return [(one["userId"], one["relation"]) for one in followers]


async def test_who_is_followed_hears_by_whom_and_of_ten_in_a_second_at_most(stage: Stage) -> None:
    await stage.hub.listen()
    host, _, publisher = await stage.host()
    fan, viewer = await stage.member()
    for follower, followed in ((fan, host), (host, fan), (host, fan)):
        assert (await follower.call("follow/add", {"targetId": followed.user})).code == 0
    await viewer.until(lambda: bool(heard(viewer, fan.user)))
    assert heard(viewer, fan.user) == [(host.user, "mutual")]
    assert heard(publisher, host.user) == [(fan.user, "follower")]
    fans = [await stage.service.sign_up() for _ in range(12)]
    for one in fans:
        assert (await one.call("follow/add", {"targetId": host.user})).code == 0
    await publisher.until(lambda: len(heard(publisher, host.user)) == 10)
    stage.service.clock.advance(2)
    assert (await fans[0].call("follow/remove", {"targetId": host.user})).code == 0
    assert (await fans[0].call("follow/add", {"targetId": host.user})).code == 0
    await publisher.until(lambda: len(heard(publisher, host.user)) == 11)


async def test_who_is_online_hears_that_a_followed_host_is_live_unless_they_are_there(stage: Stage) -> None:
    await stage.hub.listen()
    host = await stage.service.sign_up()
    fan, viewer = await stage.member()
    early, seated = await stage.member()
    stranger, other = await stage.member()
    for one in (fan, early):
        assert (await one.call("follow/add", {"targetId": host.user})).code == 0
    room = await host.go_live(title="晚会")
    assert (await early.enter(room, "audience")).code == 0
    await stage.service.core.services.following.alerts.tell()
    await viewer.until(lambda: bool(received(viewer, fan.user)))
    (news,) = received(viewer, fan.user)
    assert (news["userId"], news["roomId"], news["title"]) == (host.user, room, "晚会")
    assert received(seated, early.user) == received(other, stranger.user) == []


def received(peer: Peer, user: str) -> list[dict[str, str]]:
    events = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}"]
    return [event["data"] for event in events if event["type"] == "follow.live"]
