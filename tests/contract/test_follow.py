"""Following: once, in bounds, among the users of a tenant; what both sides see of it, and what is told of it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from liveroom.domain.events.records import Target
from liveroom.domain.ids import UserId
from liveroom.store.sql.backend_tables import events
from liveroom.store.sql.dialect import statement
from tests.contract.conftest import Serving
from tests.service import Answer, Device, Service

RECORDED = statement(select(events.c.stream, events.c.kind, events.c.body))


async def follow(device: Device, other: str, method: str = "add") -> Answer:
    return await device.call(f"follow/{method}", {"targetId": other})


async def counts_of(device: Device, *users: str) -> list[list[int]]:
    """Return of each user how many follow, are followed, and are both."""
    found = (await device.call("follow/counts", {"userIds": users or [device.user]})).data
    return [[one["followers"], one["following"], one["mutual"]] for one in found]


async def listed(device: Device, side: str, **params: Any) -> list[str]:
    return [one["userId"] for one in (await device.call(f"follow/{side}", params)).data]


async def people(service: Service, count: int, **by: Any) -> Sequence[Device]:
    return [await service.sign_up(**by) for _ in range(count)]


async def test_who_follows_and_who_is_followed_see_it_in_their_lists_and_counts(service: Service) -> None:
    ann, bob = await people(service, 2)
    assert (await follow(ann, bob.user)).data == {"userId": bob.user, "relation": "following"}
    assert (await follow(bob, ann.user)).data == {"userId": ann.user, "relation": "mutual"}
    assert await counts_of(ann, ann.user, bob.user, "no-such-user") == [[1, 1, 1], [1, 1, 1]]
    assert await listed(ann, "mutual") == [bob.user]
    assert (await follow(bob, ann.user, "remove")).data["relation"] == "follower"
    assert (await follow(bob, ann.user, "remove")).data["relation"] == "follower", "again changes nothing"
    assert await counts_of(bob, ann.user, bob.user) == [[0, 1, 0], [1, 0, 0]]
    (follower,) = (await bob.call("follow/followers")).data
    assert (follower["userId"], follower["relation"]) == (ann.user, "follower")
    assert await listed(ann, "following") == [bob.user]
    assert await listed(ann, "mutual") == await listed(ann, "followers") == []


async def test_of_many_calls_at_once_one_follows(service: Service) -> None:
    ann, bob = await people(service, 2)
    calls = [follow(device, other.user) for device, other in ((ann, bob), (bob, ann)) * 8]
    assert {answer.code for answer in await asyncio.gather(*calls)} == {0}
    assert await counts_of(ann, ann.user, bob.user) == [[1, 1, 1]] * 2


async def test_lists_are_paged_without_leaving_anybody_out(service: Service) -> None:
    host, *fans = await people(service, 6)
    for fan in fans:
        await follow(fan, host.user)
    found, cursor = [], ""
    while True:
        answer = await host.call("follow/followers", {"limit": 2, "cursor": cursor})
        found += [one["userId"] for one in answer.data]
        cursor = answer.body.get("nextCursor", "")
        if not cursor:
            break
    assert sorted(found) == sorted(fan.user for fan in fans)
    for nonsense in ("x", "1", "1-", f"{10**16}-a", "９-a"):
        assert (await host.call("follow/followers", {"cursor": nonsense})).code == 208


async def test_nobody_follows_themselves_or_whom_the_tenant_does_not_have(service: Service) -> None:
    ann, bob = await people(service, 2)
    await service.make_tenant("follows")
    elsewhere = await service.sign_up(app="follows")
    assert (await follow(ann, ann.user)).code == (await follow(ann, ann.user, "remove")).code == 208
    assert (await follow(ann, elsewhere.user)).code == (await follow(ann, "nobody")).code == 206
    assert (await follow(ann, "")).code == 208
    await service.core.moderation.ban(UserId(bob.user), service.clock.now() + timedelta(minutes=1), "")
    assert (await follow(ann, bob.user)).code == 206
    assert await counts_of(ann, elsewhere.user) == []


async def test_relations_are_said_in_the_order_asked(service: Service) -> None:
    ann, bob, cat, dan = await people(service, 4)
    for one, other in ((ann, bob), (cat, ann), (ann, dan), (dan, ann)):
        await follow(one, other.user)
    answer = await ann.call("follow/relations", {"userIds": [dan.user, cat.user, "x", bob.user, dan.user]})
    expected = {dan.user: "mutual", cat.user: "follower", "x": "none", bob.user: "following"}
    assert [(one["userId"], one["relation"]) for one in answer.data] == list(expected.items())
    assert (await ann.call("follow/relations", {"userIds": [str(n) for n in range(101)]})).code == 208
    assert (await ann.call("follow/counts", {"userIds": [str(n) for n in range(21)]})).code == 208


async def test_a_user_follows_so_many_and_changes_so_often(embedded: Serving) -> None:
    async with embedded(follow_limit=2) as service:
        ann, *others = await people(service, 4)
        assert [(await follow(ann, one.user)).code for one in others] == [0, 0, 3005]
        await follow(ann, others[0].user, "remove")
        assert (await follow(ann, others[2].user)).code == 0
        changes = [await follow(ann, others[2].user, "remove" if turn % 2 else "add") for turn in range(1, 130)]
        assert {answer.code for answer in changes} == {0, 3004}


async def test_a_deleted_user_is_in_nobodys_list_and_no_count_names_them_when_they_are_erased(service: Service) -> None:
    ann, bob, cat = await people(service, 3)
    for one, other in ((ann, bob), (bob, ann), (cat, bob), (bob, cat)):
        await follow(one, other.user)
    await service.core.moderation.delete(UserId(bob.user))
    assert await listed(ann, "following") == await listed(ann, "followers") == []
    assert (await follow(cat, bob.user)).code == 0, "whom one follows already"
    assert (await follow(ann, bob.user, "remove")).code == 0
    assert (await follow(ann, bob.user)).code == 206
    await service.core.jobs.deleted_users.erase()
    assert await counts_of(ann, ann.user, cat.user) == [[0, 0, 0]] * 2
    assert await service.core.db.follows.counts([UserId(bob.user)]) == {}


async def test_whoever_wants_them_is_told_of_follows_in_the_transaction(embedded: Serving) -> None:
    everything = Target("all", frozenset({"follow.*"}), frozenset())
    async with embedded(others=lambda _: [everything]) as service:
        ann, bob = await people(service, 2)
        await asyncio.gather(*(follow(ann, bob.user) for _ in range(3)))
        await follow(bob, ann.user)
        await asyncio.gather(*(follow(ann, bob.user, "remove") for _ in range(3)))
        rows = await service.core.db.engine.rows(RECORDED)
        told = sorted((stream, kind, '"mutual":true' in body) for stream, kind, body in rows)
        assert told == sorted(
            [
                (f"user:{ann.user}", "follow.added", False),
                (f"user:{bob.user}", "follow.added", True),
                (f"user:{ann.user}", "follow.removed", False),
            ]
        )
