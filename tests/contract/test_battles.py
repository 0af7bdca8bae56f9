"""Battles over HTTP: who invites whom, what gifts score, who wins, and what each of the rooms shows."""

import asyncio
from typing import Any

import pytest

from liveroom.api.codes import Code
from tests.contract.battling import (
    Host,
    answer,
    begin,
    connect,
    current,
    give,
    hosts,
    invite,
    published,
    scores,
    viewer,
)
from tests.service import Service

MINUTES = 5 * 60
SETTLED = 2.1
"""Seconds after its time until a battle is decided."""


async def over(service: Service, seconds: float = MINUTES) -> None:
    """Let the time of battles pass, and have them decided."""
    service.clock.advance(seconds + SETTLED)
    await service.core.jobs.battle_ends.step()


async def test_an_accepted_invitation_connects_two_rooms_and_begins_a_battle_that_both_show(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    invited = (await invite(ann, bob)).data
    assert invited["rooms"] == [{"roomId": bob[1], "result": "invited"}]
    assert (await invite(ann, bob)).data == invited, "the same again is the same invitation"
    for host in (ann, bob):
        (waiting,) = (await host[0].call("battles/current", {"roomId": host[1]})).data["invitations"]
        assert (waiting["battleId"], waiting["duration"]) == (invited["battleId"], MINUTES)
        assert [one["side"] for one in waiting["rooms"]] == [1, 2]
        assert 0 < waiting["expireIn"] <= 30_000
    begun = (await answer(bob, "accept", invited["battleId"])).data["battle"]
    assert begun.items() >= {"state": "running", "duration": MINUTES, "closeUtc": "", "closeIn": 0}.items()
    assert [one["roomId"] for one in begun["rooms"]] == [ann[1], bob[1]]
    shown = [await current(host) for host in (ann, bob)]
    assert shown[0]["battleId"] == shown[1]["battleId"] == begun["battleId"]
    connection = (await ann[0].call("connections/current", {"roomId": ann[1]})).data["connection"]
    assert [one["roomId"] for one in connection["rooms"]] == [ann[1], bob[1]]


async def test_gifts_score_where_they_are_sent_and_the_higher_score_wins(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    battle = await begin(ann, bob)
    fan, other = await viewer(service, ann), await viewer(service, bob)
    await give(fan, ann, count=3)
    await give(other, bob, count=5)
    await published(service, battle["battleId"])
    for host in (ann, bob):
        shown = await current(host)
        assert (scores(shown), shown["scoreVersion"]) == ([30, 50], 2)
    await over(service)
    result = await current(ann)
    assert result == await current(bob)
    assert (result["state"], result["reason"], result["winner"], scores(result)) == ("result", "timeOver", 2, [30, 50])
    assert result["closeIn"]
    await give(fan, ann, count=900)
    service.clock.advance(10)
    await service.core.jobs.battle_ends.step()
    assert [await current(host) for host in (ann, bob)] == [None, None]
    (past,) = (await ann[0].call("battles/history", {"roomId": ann[1]})).data
    assert (past["state"], past["winner"], scores(past)) == ("over", 2, [30, 50])
    found = (await (await service.make_key()).call("admin/list_battles", {"userId": bob[0].user})).data
    assert [one["battleId"] for one in found] == [battle["battleId"]]


async def test_a_gift_after_the_time_and_before_the_decision_counts_nothing(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    battle = await begin(ann, bob)
    fan = await viewer(service, ann)
    service.clock.advance(MINUTES)
    assert (await give(fan, ann)).code == 0
    await over(service, 0)
    assert (await current(ann))["winner"] == 0, "0 to 0 is a draw"
    assert scores(await current(ann)) == [0, 0]
    assert (await current(ann))["battleId"] == battle["battleId"]


async def test_a_refund_counts_less_while_the_battle_runs_and_nothing_afterwards(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await begin(ann, bob)
    fan, key = await viewer(service, ann), await service.make_key()
    first, second = [(await give(fan, ann, count=2)).data["sentIds"][0] for _ in range(2)]
    refund: dict[str, Any] = {"reason": "a child"}
    assert (await key.call("admin/refund_gift", {**refund, "sentId": first, "key": f"back-{first}"})).code == 0
    await over(service)
    assert scores(await current(ann)) == [20, 0]
    assert (await key.call("admin/refund_gift", {**refund, "sentId": second, "key": f"back-{second}"})).code == 0
    assert scores(await current(ann)) == [20, 0]


async def test_who_gives_up_loses_whatever_the_score_and_both_stay_connected(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await begin(ann, bob)
    await give(await viewer(service, ann), ann)
    assert (await ann[0].call("battles/end", {"roomId": ann[1]})).code == 0
    for host in (ann, bob):
        shown = await current(host)
        assert (shown["reason"], shown["winner"], scores(shown)) == ("alone", 2, [10, 0])
        assert shown["rooms"][0]["left"] == "gaveUp"
        assert (await host[0].call("connections/current", {"roomId": host[1]})).data["connection"] is not None
    assert (await ann[0].call("battles/end", {"roomId": ann[1]})).code == Code.BattleNotExists


async def test_teams_win_together_and_go_on_without_who_leaves(service: Service) -> None:
    ann, bob, cat, dan = await hosts(service, 4)
    begun = await begin(ann, bob, cat, dan, sides="1,2,2", duration=60)
    assert [one["side"] for one in begun["rooms"]] == [1, 1, 2, 2]
    for host, count in ((ann, 2), (bob, 5), (cat, 6), (dan, 3)):
        await give(await viewer(service, host), host, count=count)
    await dan[0].call("battles/end", {"roomId": dan[1]})
    assert await current(dan) is None
    assert [one.get("left") for one in (await current(ann))["rooms"]] == [None, None, None, "gaveUp"]
    await give(await viewer(service, dan), dan, count=9)
    await over(service, 60)
    result = await current(cat)
    assert (result["winner"], scores(result)) == (2, [20, 50, 60, 30]), "what dan had counts for his side"


async def test_who_has_said_yes_to_an_open_invitation_can_be_read(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    invited = (await invite(ann, bob, cat, sides="1,2")).data
    await answer(bob, "accept", invited["battleId"])
    (waiting,) = (await ann[0].call("battles/current", {"roomId": ann[1]})).data["invitations"]
    assert [one["accepted"] for one in waiting["rooms"]] == [True, True, False]


async def test_busy_rooms_are_refused_and_say_why(service: Service) -> None:
    ann, bob, cat, dan = await hosts(service, 4)
    await begin(ann, bob)
    refused = (await invite(cat, ann, dan)).data
    assert refused == {"rooms": [{"roomId": ann[1], "result": "battling"}, {"roomId": dan[1], "result": "invited"}]}
    assert (await dan[0].call("battles/current", {"roomId": dan[1]})).data["invitations"] == []
    assert (await invite(ann, cat)).code == Code.RoomBattling
    gone = (cat[0], "no-such-room")
    assert (await invite(dan, gone)).data["rooms"] == [{"roomId": gone[1], "result": "roomNotExists"}]
    assert (await invite(dan, cat)).code == 0
    assert (await invite(dan, cat, duration=60, sides="3")).code == Code.RoomBattling, "an invitation is open"


async def test_an_invitation_is_refused_withdrawn_or_runs_out(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    battle = (await invite(ann, bob)).data["battleId"]
    assert (await answer(bob, "refuse", battle)).code == 0
    assert (await answer(bob, "accept", battle)).code == Code.RequestNotExists
    battle = (await invite(ann, bob)).data["battleId"]
    assert (await ann[0].call("battles/cancel", {"roomId": ann[1], "battleId": battle})).code == 0
    assert (await answer(bob, "accept", battle)).code == Code.RequestNotExists
    assert (await ann[0].call("battles/cancel", {"roomId": ann[1], "battleId": battle})).code == Code.RequestNotExists
    battle = (await invite(ann, bob, cat)).data["battleId"]
    assert (await answer(bob, "accept", battle)).data == {"battle": None}
    service.clock.advance(31)
    assert (await answer(cat, "accept", battle)).code == Code.RequestNotExists
    await service.core.jobs.battle_ends.step()
    assert [one["roomId"] for one in (await current(ann))["rooms"]] == [ann[1], bob[1]]
    assert await current(cat) is None


async def test_connected_rooms_that_allow_it_begin_without_asking(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    wanted = {"roomId": ann[1], "roomIds": bob[1], "duration": 30}
    assert (await ann[0].call("battles/start", wanted)).code == Code.ConsentRequired, "they are not connected"
    await connect(ann, bob)
    await ann[0].call("rooms/set_options", {"roomId": ann[1], "openBattles": True})
    assert (await ann[0].call("battles/start", wanted)).code == Code.ConsentRequired
    assert (await bob[0].call("rooms/set_options", {"roomId": bob[1], "openBattles": True})).data["openBattles"] is True
    begun = await ann[0].call("battles/start", wanted)
    assert (begun.code, begun.data["duration"]) == (0, 30)
    assert (await current(bob))["battleId"] == begun.data["battleId"]
    assert (await ann[0].call("battles/start", wanted)).code == Code.RoomBattling


async def match(host: Host, **params: Any) -> Any:
    return (await host[0].call("battles/match", {"roomId": host[1], **params})).data


async def test_the_first_two_who_wait_in_a_category_are_matched_once(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3, category="duels")
    other = (await hosts(service, 1, category="elsewhere"))[0]
    assert (await match(other))["battle"] is None
    assert (await match(ann))["battle"] is None
    waiting = (await ann[0].call("battles/current", {"roomId": ann[1]})).data["matching"]
    assert waiting["category"] == "duels"
    found = await asyncio.gather(match(bob), match(cat))
    begun = [battle for host in (ann, bob, cat) if (battle := await current(host)) is not None]
    assert len(begun) == 2
    assert begun[0]["battleId"] == begun[1]["battleId"]
    assert sum(one["battle"] is not None for one in found) >= 1
    (alone,) = [host for host in (ann, bob, cat) if await current(host) is None]
    assert (await alone[0].call("battles/cancel", {"roomId": alone[1]})).code == 0
    assert (await alone[0].call("battles/current", {"roomId": alone[1]})).data["matching"] is None


async def test_who_has_blocked_the_other_is_not_matched(service: Service) -> None:
    ann, bob = await hosts(service, 2, category="blocked")
    await ann[0].call("blocks/add", {"targetId": bob[0].user})
    assert (await match(ann))["battle"] is None
    assert (await match(bob))["battle"] is None


async def test_an_operator_ends_a_battle_by_the_scores_that_it_has(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    battle, key = await begin(ann, bob), await service.make_key()
    await give(await viewer(service, ann), ann)
    assert (await key.call("admin/end_battle", {"battleId": battle["battleId"]})).code == 0
    shown = await current(bob)
    assert (shown["reason"], shown["winner"]) == ("ended", 1)
    assert (await key.call("admin/end_battle", {"battleId": battle["battleId"]})).code == Code.BattleNotExists
    assert (await key.call("admin/end_battle", {"battleId": "none"})).code == Code.BattleNotExists


@pytest.mark.parametrize(
    "params",
    [{"sides": "1"}, {"sides": "2,3"}, {"sides": "x"}, {"sides": "0"}, {"duration": 29}, {"duration": 3601}],
)
async def test_what_is_no_battle_is_a_bad_request(service: Service, params: dict[str, Any]) -> None:
    ann, bob = await hosts(service, 2)
    assert (await invite(ann, bob, **params)).code == Code.RoomQueryParams
