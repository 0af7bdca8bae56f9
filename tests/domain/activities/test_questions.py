"""Questions: who may ask how many, what votes are for, what hosts do, and what goes with who leaves."""

from datetime import UTC, datetime

import msgspec
import pytest

from liveroom.domain.activities.failures import (
    ActivityRefuses,
    QuestionAsked,
    QuestionNotFound,
    TooManyQuestions,
)
from liveroom.domain.activities.model import SHOWN_MAX, Ballot
from liveroom.domain.activities.question_state import (
    ASKER_NAME_MAX,
    PER_PERSON_MAX,
    TEXT_MAX,
    TOPIC_MAX,
    WAITING_MAX,
    QuestionsState,
    WhoAsks,
    by_votes,
    waiting_votes,
)
from liveroom.domain.activities.questions import ANSWER, ASK, MARK, REMOVE, Questions, QuestionsParams
from liveroom.domain.activities.rules import ActivityMember
from liveroom.domain.errors import BadRequest, NotSeated, PermissionDenied
from liveroom.domain.follows.failures import FollowersOnly
from liveroom.domain.ids import UserId

NOW = datetime(2026, 12, 1, tzinfo=UTC)
RULES = Questions()
ANN, BOB, HOST = UserId("40000001"), UserId("40000002"), UserId("40000003")


def asking(
    state: QuestionsState, user: UserId, text: str, *, follows: bool = False, seated: bool = False, name: str = ""
) -> QuestionsState:
    member = ActivityMember(user, is_host=user == HOST, name=name, is_seated=seated)
    return RULES.act(state, ASK, {"text": text, "owner": HOST, "follows": follows}, member, NOW).state


def round_of(*asked: tuple[UserId, str], most: int = 3, who: WhoAsks = WhoAsks.EVERYONE) -> QuestionsState:
    state = RULES.start(QuestionsParams(most=most, who=who), NOW)
    for user, text in asked:
        state = asking(state, user, text)
    return state


def do(state: QuestionsState, action: str, id: str, user: UserId = HOST, by: UserId | None = None) -> QuestionsState:
    data = {"question": id, "answer": "So.", "by": by}
    return RULES.act(state, action, data, ActivityMember(user, user == HOST), NOW).state


def ids(state: QuestionsState) -> list[str]:
    return [asked.id for asked in state.waiting]


def test_one_member_has_so_many_questions_until_one_is_answered() -> None:
    state = round_of((ANN, "Why?"), (ANN, "When?"), most=2)
    with pytest.raises(TooManyQuestions):
        asking(state, ANN, "Where?")
    assert ids(asking(state, BOB, "Where?")) == ["q1", "q2", "q3"]
    answered = do(state, ANSWER, "q1")
    assert (answered.answered, ids(asking(answered, ANN, "Where?"))) == (1, ["q2", "q3"])


def test_the_same_question_is_asked_once_while_it_waits_however_it_is_written() -> None:
    state = round_of((ANN, "Why so late?"), (ANN, "??"))
    for text in ("why  so late", "WHY SO LATE?!", "??"):
        with pytest.raises(QuestionAsked):
            asking(state, BOB, text)
    assert ids(asking(do(state, ANSWER, "q1"), BOB, "Why so late?")) == ["q2", "q3"]
    assert ids(asking(state, BOB, "?!")) == ["q1", "q2", "q3"]


def test_who_may_ask_is_what_the_round_says() -> None:
    followers, seated = round_of(who=WhoAsks.FOLLOWERS), round_of(who=WhoAsks.SEATED)
    with pytest.raises(FollowersOnly) as refused:
        asking(followers, ANN, "Why?", seated=True)
    assert refused.value.owner == HOST
    with pytest.raises(NotSeated):
        asking(seated, ANN, "Why?", follows=True)
    for state in (
        asking(followers, ANN, "Why?", follows=True),
        asking(seated, ANN, "Why?", seated=True),
        asking(seated, HOST, "Why?"),
    ):
        assert ids(state) == ["q1"]


@pytest.mark.parametrize("text", ["", "  ", "x" * (TEXT_MAX + 1)])
def test_a_question_has_as_many_characters_as_it_may(text: str) -> None:
    with pytest.raises(BadRequest):
        asking(round_of(), ANN, text)


def test_only_hosts_mark_and_answer_and_members_take_away_their_own() -> None:
    state = do(round_of((ANN, "Why?"), (BOB, "When?")), MARK, "q2")
    shown = RULES.shown(state).marked
    assert shown is not None
    assert (shown.question_id, shown.text) == ("q2", "When?")
    for action, id in ((MARK, "q1"), (ANSWER, "q1"), (REMOVE, "q2")):
        with pytest.raises(PermissionDenied):
            do(state, action, id, ANN)
    assert ids(do(state, REMOVE, "q1", ANN)) == ["q2"]
    assert do(state, REMOVE, "q2").marked == ""
    assert do(state, MARK, "").marked == ""
    with pytest.raises(QuestionNotFound):
        do(state, MARK, "q9")


def test_what_was_answered_last_is_shown_until_it_is_removed() -> None:
    state = do(do(round_of((ANN, "Why?"), (BOB, "When?")), MARK, "q1"), ANSWER, "q1")
    shown = RULES.shown(state)
    assert shown.last is not None
    assert (shown.last.text, shown.last.answer, shown.marked, shown.waiting) == ("Why?", "So.", None, ["q2"])
    with pytest.raises(QuestionNotFound):
        do(state, ANSWER, "q1")
    with pytest.raises(PermissionDenied):
        do(state, REMOVE, "q1", BOB, by=ANN)
    for user in (ANN, HOST):
        removed = do(state, REMOVE, "q1", user, by=ANN)
        assert (removed.last, removed.answered) == (None, 1)


def test_a_vote_is_for_one_question_that_waits_and_counts_for_each_question() -> None:
    state = round_of((ANN, "Why?"), (BOB, "When?"))
    assert RULES.ballot(state, ["q2"], NOW) == Ballot(("q2",), subject="q2")
    for choices in ([], ["q1", "q2"]):
        with pytest.raises(ActivityRefuses):
            RULES.ballot(state, choices, NOW)
    with pytest.raises(QuestionNotFound):
        RULES.ballot(state, ["q9"], NOW)


def test_most_votes_come_first_and_of_as_many_the_older_question() -> None:
    state = round_of((ANN, "Why?"), (BOB, "When?"), (ANN, "Where?"))
    tally = {"q2": 2, "q3": 2, "q1": 1, "q0": 9}
    assert [asked.id for asked in by_votes(state, tally)] == ["q2", "q3", "q1"]
    assert waiting_votes(do(state, ANSWER, "q2"), tally) == {"q3": 2, "q1": 1}


def test_what_is_shown_fits_whatever_is_asked_and_has_the_one_that_is_on() -> None:
    long = "\x01" * (TEXT_MAX - 3)
    state = RULES.start(QuestionsParams(topic="\x01" * TOPIC_MAX, most=PER_PERSON_MAX), NOW)
    for number in range(WAITING_MAX + 1):
        # The number of the round's questions grows while it is open for hours.
        state = msgspec.structs.replace(state, asked=900_000 + number)
        if number == WAITING_MAX:
            state = RULES.act(
                state, ANSWER, {"question": "q900001", "answer": long}, ActivityMember(HOST, True), NOW
            ).state
        state = asking(state, UserId(f"{ANN}{number}"), f"{long}{number}", name="\x01" * ASKER_NAME_MAX)
    state = do(state, MARK, "q900002")
    shown = RULES.shown(state)
    assert shown.marked is not None
    assert (shown.marked.question_id, len(shown.waiting)) == ("q900002", WAITING_MAX)
    assert len(msgspec.json.encode(shown)) < SHOWN_MAX
    with pytest.raises(TooManyQuestions):
        asking(state, BOB, "One more?")


def test_the_newest_ones_are_shown_as_far_as_there_is_room() -> None:
    people = [UserId(f"{ANN}{number}") for number in range(50)]
    shown = RULES.shown(round_of(*((user, f"{user} {'x' * 150}?") for user in people)))
    assert 5 < len(shown.newest) < 50
    assert [one.question_id for one in shown.newest] == shown.waiting[-len(shown.newest) :]
    assert shown.newest[-1].user_id == people[-1]


def test_what_somebody_asked_goes_when_they_leave() -> None:
    state = do(do(round_of((ANN, "Why?"), (BOB, "When?"), (ANN, "Where?")), ANSWER, "q1"), MARK, "q3")
    assert RULES.people(state) == {ANN, BOB}
    left = RULES.left(state, ANN, NOW).state
    assert (ids(left), left.marked, left.last, RULES.people(left)) == (["q2"], "", None, {BOB})


def test_nothing_of_people_is_kept_at_the_end() -> None:
    state = do(round_of((ANN, "Why?"), (BOB, "When?")), ANSWER, "q1")
    kept = RULES.kept(state)
    assert (kept.waiting, kept.last, kept.asked, kept.answered) == ((), None, 2, 1)
    assert RULES.result(state, 5, {}).asked == 2
    assert RULES.is_secret(state)
