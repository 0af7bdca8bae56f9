"""Activities, ballots and answered questions on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.activities.model import Activity, ActivityEnd, Award, Ballot
from liveroom.domain.activities.question_state import AnsweredQuestion
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.ports import CastBallot
from liveroom.ports.activities import HeldActivities
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import NOW

T = TenantName("default")
R1, B1 = RoomId("100"), BroadcastId("b1")
ANN, BOB, CAT = UserId("40000001"), UserId("40000002"), UserId("40000003")


def activity(id: str, **given: object) -> Activity:
    base = Activity(id, T, R1, B1, "poll", ANN, 1, '{"question":"小明 😀"}', NOW, NOW + timedelta(seconds=30))
    return replace(base, **given)  # type: ignore[arg-type]


async def cast(database: SqlDatabase, activity: str, **choices: str) -> None:
    users = {"ann": ANN, "bob": BOB, "cat": CAT}
    await database.ballots.add(
        [CastBallot(activity, users[name], Ballot((choice,)), NOW) for name, choice in choices.items()]
    )


async def test_an_activity_is_found_as_it_was_put(database: SqlDatabase) -> None:
    await database.activities.add(activity("a1"))
    assert await database.activities.get("a1") == activity("a1")
    over = activity(
        "a1", version=4, due=None, votes=3, tally={"0": 1, "1": 2}, award=Award("1", 10), secret=True,
        ended=NOW + timedelta(seconds=5), end=ActivityEnd.FINISHED, result='{"votes":3}', state="{}",
    )  # fmt: skip
    await database.activities.put(over)
    assert await database.transact(lambda tx: tx.activities.lock("a1")) == over
    assert await database.activities.some(["a1", "a2"]) == {"a1": over}
    assert await database.activities.get("A1") is None


async def test_what_is_due_is_found_and_a_closed_broadcast_makes_it_so(database: SqlDatabase) -> None:
    for id, seconds in (("a1", 30), ("a2", 10), ("a3", None)):
        at = None if seconds is None else NOW + timedelta(seconds=seconds)
        await database.activities.add(activity(id, due=at))

    async def due(seconds: int) -> list[str]:
        return [one.id for one in await database.activities.due(NOW + timedelta(seconds=seconds), 10)]

    assert (await due(9), await due(10), await due(30)) == ([], ["a2"], ["a2", "a1"])
    await database.activities.put(activity("a1", due=None, ended=NOW, end=ActivityEnd.ENDED))
    await database.activities.close(["a1", "a3"], NOW)
    assert await due(0) == ["a3"]


async def test_running_ones_with_votes_and_those_that_are_over_are_told_apart(database: SqlDatabase) -> None:
    await database.activities.add(activity("a1", votes=1))
    await database.activities.add(activity("a2"))
    for id in ("a3", "a4", "a5"):
        await database.activities.add(activity(id, votes=2, ended=NOW, end=ActivityEnd.ENDED))
    assert [one.id for one in await database.activities.voted("", 10)] == ["a1"]
    assert await database.activities.voted("a1", 10) == []
    await database.activities.add(activity("a6", type="songs"))
    assert [one.id for one in await database.activities.running(["songs", "poll"], "a1", 10)] == ["a2", "a6"]
    assert [one.id for one in await database.activities.running(["songs"], "", 10)] == ["a6"]
    assert [one.id for one in await database.activities.past(T, R1, "", 2)] == ["a5", "a4"]
    assert [one.id for one in await database.activities.past(T, R1, "a4", 2)] == ["a3"]
    assert await database.activities.past(TenantName("other"), R1, "", 2) == []


async def test_votes_are_raised_and_never_lowered_while_an_activity_runs(database: SqlDatabase) -> None:
    await database.activities.add(activity("a1", votes=5))
    await database.activities.add(activity("a2", votes=5))
    await database.activities.add(activity("a3", votes=5, ended=NOW, end=ActivityEnd.ENDED))
    await database.activities.raise_votes({"a3": 9, "a1": 9, "a2": 3, "a4": 9})
    found = await database.activities.some(["a1", "a2", "a3", "a4"])
    assert {id: one.votes for id, one in found.items()} == {"a1": 9, "a2": 5, "a3": 5}
    await database.activities.raise_votes({})


async def test_a_room_has_all_of_its_own_and_a_broadcast_what_was_held_in_it(database: SqlDatabase) -> None:
    other = BroadcastId("b2")
    await database.activities.add(activity("a1", votes=3, ended=NOW, end=ActivityEnd.ENDED))
    await database.activities.add(activity("a2", votes=4))
    await database.activities.add(activity("a3", room=RoomId("101"), broadcast=other))
    assert [one.id for one in await database.activities.of_room(T, R1, "", 5)] == ["a2", "a1"]
    assert [one.id for one in await database.activities.of_room(T, R1, "a2", 5)] == ["a1"]
    assert await database.activities.of_room(TenantName("other"), R1, "", 5) == []
    held = await database.activities.held([B1, other, BroadcastId("b3")])
    assert held == {B1: HeldActivities(2, 7), other: HeldActivities(1, 0)}
    await database.activities.add(activity("a4", type="goal", votes=900))
    assert await database.activities.held([B1]) == {B1: HeldActivities(3, 7)}, "what a goal counts are no votes"
    assert await database.activities.held([]) == {}


async def test_a_ballot_that_is_taken_back_leaves_the_others(database: SqlDatabase) -> None:
    for user, subject in ((ANN, "q1"), (ANN, "q2"), (BOB, "q1")):
        await database.ballots.add([CastBallot("a1", user, Ballot((subject,), subject), NOW)])
    await database.ballots.take_back("a1", [(ANN, "q1"), (CAT, "q1")])
    await database.ballots.take_back("a1", [])
    assert set(await database.ballots.known("a1", [ANN, BOB, CAT])) == {(ANN, "q2"), (BOB, "q1")}


async def test_questions_that_were_answered_are_read_from_the_newest_on(database: SqlDatabase) -> None:
    asked = AnsweredQuestion("a1", 1, "q3", ANN, "小明? 😀", "", BOB, 0, NOW)
    others = [asked._replace(place=place, question=f"q{place + 3}", votes=2**40) for place in (2, 3)]
    for question in (asked, *others, asked._replace(activity="a2")):
        await database.questions.add(question)
    assert await database.questions.get("a1", "q3") == asked
    assert await database.questions.get("a1", "Q3") is None
    assert await database.questions.page("a1", 0, 2) == [*others[::-1]]
    assert await database.questions.page("a1", 2, 2) == [asked]
    await database.questions.remove("a1", "q3")
    assert (await database.questions.get("a1", "q3"), await database.questions.page("a2", 0, 5)) == (
        None,
        [asked._replace(activity="a2")],
    )


async def test_a_user_has_one_ballot_for_each_subject(database: SqlDatabase) -> None:
    await cast(database, "a1", ann="0", bob="1")
    await database.ballots.add([CastBallot("a1", ANN, Ballot(("q7",), "q7"), NOW)])
    known = await database.ballots.known("a1", [ANN, CAT])
    assert known == {(ANN, ""): Ballot(("0",)), (ANN, "q7"): Ballot(("q7",), "q7")}
    with pytest.raises(Exception, match=r"UNIQUE|1062"):
        await cast(database, "a1", bob="0")
    assert [one.user for one in await database.ballots.page("a1", UserId(""), 10)] == [ANN, ANN, BOB]
    assert [one.user for one in await database.ballots.page("a1", ANN, 10)] == [BOB]
    assert (await database.ballots.drop("a1", 1), await database.ballots.drop("a1", 5)) == (2, 1)
    assert await database.ballots.drop("a1", 5) == 0


async def test_points_are_those_of_who_has_chosen_what_was_awarded_in_a_broadcast(database: SqlDatabase) -> None:
    ended = {"ended": NOW, "end": ActivityEnd.FINISHED}
    await database.activities.add(activity("a1", award=Award("1", 10), **ended))
    await database.activities.add(activity("a2", award=Award("0", 5), **ended))
    await database.activities.add(activity("a3", award=Award("0", 7), broadcast=BroadcastId("b2"), **ended))
    await database.activities.add(activity("a4"))
    await cast(database, "a1", ann="1", bob="1", cat="0")
    await cast(database, "a2", ann="0", cat="1")
    await cast(database, "a3", cat="0")
    await cast(database, "a4", cat="0")
    assert await database.ballots.points(B1, 10) == [(ANN, 15, 2), (BOB, 10, 1)]
    assert await database.ballots.points(B1, 1) == [(ANN, 15, 2)]
