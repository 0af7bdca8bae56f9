"""What travels together on MySQL: a transaction's beginning, ``put_many``, ``rows_of``. On SQLite the same is true."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

import pytest
from sqlalchemy import bindparam, insert, select, update

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.sql.addresses import MysqlAddress, read_address
from liveroom.store.sql.dialect import Statement, Value, Values, statement
from liveroom.store.sql.drift_tables import drift_rounds
from liveroom.store.sql.mysql import MysqlEngine
from liveroom.store.sql.runner import Engine, Runner, SqlRead
from liveroom.store.sql.sqlite import SqliteEngine
from liveroom.store.sql.tables import outbox

_R: Final = drift_rounds.c
_ADD: Final = statement(insert(drift_rounds))
_REASONS: Final = statement(select(_R.source, _R.reason).order_by(_R.source))
_OF: Final = statement(select(_R.reason).where(_R.source.in_(bindparam("some", expanding=True))).order_by(_R.source))
_ALL: Final = [
    SqlRead(_OF, {"some": ["s3"]}),
    SqlRead(_OF, {"some": ["s0", "s1", "s2"]}),
    SqlRead(_OF, {"some": ["nobody"]}),
    SqlRead(_REASONS, {}),
]
_SOME: Final = statement(
    select(_R.reason)
    .where(
        _R.reason > bindparam("behind"), _R.source.in_(bindparam("some", expanding=True)), _R.reason.not_in(["2", "4"])
    )
    .order_by(_R.source)
)
_RENAME: Final = statement(update(drift_rounds).where(_R.source == bindparam("which")).values(reason=bindparam("now")))
_PUT: Final = Statement(lambda dialect: dialect.upsert(drift_rounds, lambda _: [("reason", bindparam("other"))]))
_ADD_NUMBERED: Final = Statement(lambda dialect: dialect.insert_numbered(outbox, outbox.c.id))
_HOSTILE: Final = (
    "it's",
    'a "quote"',
    "a \\ backslash",
    "100 % of %s and %(name)s",
    "; DROP TABLE users; -- #",
    "🎁 礼物",
    "",
)


def _rounds(reasons: Sequence[str], first: int = 0) -> Sequence[Values]:
    empty: Values = dict.fromkeys(("began", "ended", "due", "items", "found", "repaired", "failures"), 0)
    return [
        {**empty, "source": f"s{first + number}", "outcome": "", "reason": one, "allowed_until": None, "allowed_by": ""}
        for number, one in enumerate(reasons)
    ]


@pytest.fixture
async def engine(url: str) -> AsyncIterator[Engine]:
    address = read_address(url)
    made = (
        MysqlEngine(address, pool=2)
        if isinstance(address, MysqlAddress)
        else SqliteEngine(address.path, synchronous="normal")
    )
    yield made
    await made.close()


async def _reasons(runner: Runner) -> list[str]:
    return [row[1] for row in await runner.rows(_REASONS)]


async def test_whatever_is_written_is_read_in_the_same_transaction_and_after_it(engine: Engine) -> None:
    async def work(runner: Runner) -> list[str]:
        await runner.put_many(_ADD, _rounds(_HOSTILE))
        return await _reasons(runner)

    assert await engine.together(work) == list(_HOSTILE)
    assert await _reasons(engine) == list(_HOSTILE)


async def test_what_waits_at_the_end_is_committed(engine: Engine) -> None:
    async def work(runner: Runner) -> None:
        await runner.put_many(_ADD, _rounds(["one"]))
        await runner.put_many(_RENAME, [{"which": "s0", "now": "it's two"}, {"which": "s1", "now": "nobody"}])
        await runner.put_many(_ADD, _rounds(["three"], first=1))

    await engine.together(work)
    assert await _reasons(engine) == ["it's two", "three"]


async def test_counts_and_numbers_are_those_of_the_statement_itself(engine: Engine) -> None:
    row: dict[str, Value] = {"tenant": "t", "subject": "it's", "kind": "k", "body": "%s", "created": 1, "done": 0}

    async def work(runner: Runner) -> tuple[int, int, int]:
        await runner.put_many(_ADD, _rounds(["one", "two", "three"]))
        renamed = await runner.run(_RENAME, which="s1", now="2")
        await runner.put_many(_ADD, _rounds(["four"], first=3))
        first = await runner.number(_ADD_NUMBERED, **row)
        await runner.put_many(_ADD, _rounds(["five"], first=4))
        return renamed, first, await runner.number(_ADD_NUMBERED, **row)

    renamed, first, second = await engine.together(work)
    assert (renamed, second - first) == (1, 1)
    assert await _reasons(engine) == ["one", "2", "three", "four", "five"]


@pytest.mark.parametrize("texts", [["it's %s", "it's %s"], ["one", "two"]], ids=["the same", "their own"])
async def test_what_is_inserted_or_changed_has_its_own_values(engine: Engine, texts: list[str]) -> None:
    async def work(runner: Runner) -> None:
        for _ in range(2):
            rows = [{**row, "other": text} for row, text in zip(_rounds(["first", "first"]), texts, strict=True)]
            await runner.put_many(_PUT, rows)

    await engine.together(work)
    assert await _reasons(engine) == texts


@pytest.mark.parametrize("behind", ["a read", "a statement", "nothing"])
async def test_of_what_cannot_be_written_nothing_stays(engine: Engine, behind: str) -> None:
    async def work(runner: Runner) -> None:
        await runner.put_many(_ADD, _rounds(["one"]))
        await runner.put_many(_ADD, _rounds(["one again"]))
        await runner.put_many(_ADD, _rounds(["two"], first=1))
        if behind == "a read":
            await runner.rows(_REASONS)
        if behind == "a statement":
            await runner.run(_RENAME, which="s1", now="2")

    with pytest.raises(DatabaseUnavailable):
        await engine.together(work)
    assert await _reasons(engine) == []
    assert await engine.together(_reasons) == [], "and the connection is as good as before"


async def test_several_questions_have_their_own_answers_behind_what_waits(engine: Engine) -> None:
    async def work(runner: Runner) -> Sequence[Sequence[tuple[str]]]:
        await runner.put_many(_ADD, _rounds(_HOSTILE))
        return await runner.rows_of(*_ALL)

    of_all = [await engine.together(work), await engine.rows_of(*_ALL)]
    of_all.append(await engine.together(lambda runner: runner.rows_of(*_ALL)))
    for one, three, none, everything in of_all:
        assert [row[0] for row in one] == [_HOSTILE[3]]
        assert [row[0] for row in three] == list(_HOSTILE[:3])
        assert (len(none), [row[1] for row in everything]) == (0, list(_HOSTILE))


async def test_no_question_has_no_answer_and_what_waits_is_still_written(engine: Engine) -> None:
    async def work(runner: Runner) -> Sequence[Sequence[tuple[str]]]:
        await runner.put_many(_ADD, _rounds(["one"]))
        return await runner.rows_of()

    assert list(await engine.together(work)) == []
    assert await _reasons(engine) == ["one"]


async def test_a_transaction_that_asks_for_nothing_ends(engine: Engine) -> None:
    async def nothing(_: Runner) -> int:
        return 1

    assert await engine.together(nothing) == 1
    assert await _reasons(engine) == []


async def test_one_statement_for_lists_of_many_lengths_always_has_its_own_values(engine: Engine) -> None:
    await engine.together(lambda runner: runner.put_many(_ADD, _rounds([str(number) for number in range(9)])))
    for length in [1, 5, 2, 9, 3, 8, 4, 7, 6, 1]:
        for first in range(0, 10 - length, 2):
            numbers = range(first, first + length)
            rows = await engine.rows(_SOME, some=[f"s{number}" for number in numbers], behind="")
            assert [row[0] for row in rows] == [str(number) for number in numbers if number not in (2, 4)]


async def test_a_question_that_fails_leaves_nothing_of_what_waited(engine: Engine) -> None:
    async def work(runner: Runner) -> None:
        await runner.put_many(_ADD, _rounds(["one"]))
        await runner.put_many(_ADD, _rounds(["one again"]))
        await runner.rows_of(SqlRead(_REASONS, {}), SqlRead(_OF, {"some": ["s0"]}))

    with pytest.raises(DatabaseUnavailable):
        await engine.together(work)
    assert await _reasons(engine) == []
