"""What the hub counts for /metrics: connections, why they ended, and how long publications took."""

from tests.realtime.peers import Stage


async def test_connections_are_counted_as_they_come_and_by_the_reason_for_which_they_end(stage: Stage) -> None:
    figures = stage.hub.figures
    ann, _, peer = await stage.host()
    _, other = await stage.member()
    assert (figures.opened[()], dict(figures.closed)) == (2, {})
    other.client.lost()
    await ann.call("auth_users/user_logout")
    await peer.until_closed()
    assert (figures.opened[()], dict(figures.closed)) == (2, {("lost",): 1, ("session ended",): 1})


async def test_a_publication_counts_once_however_many_sockets_are_told(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    _, other = await stage.member(room)
    await peer.subscribe(room)
    await other.subscribe(room)
    before = sum(stage.hub.figures.delays.counts)
    await ann.call("rooms/update_room", {"roomId": room, "title": "news"})
    await stage.pace()
    await other.event(room, "room.updated")
    assert sum(stage.hub.figures.delays.counts) == before + 1
