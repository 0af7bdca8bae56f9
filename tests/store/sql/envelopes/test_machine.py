"""Red envelopes against a plain model: whoever grabs, again, of several at once, in batches and from two processes."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import delete

from liveroom.domain.envelopes.draw import Split
from liveroom.domain.envelopes.failures import EnvelopeOver
from liveroom.domain.envelopes.grabbing import GrabDecision, GrabReceipt
from liveroom.domain.envelopes.model import Envelope
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.envelope_tables import envelopes, grabs
from liveroom.store.sql.ledger_tables import accounts, dues, entries, journals, lots
from tests.examples import many
from tests.store.sql.envelopes.house import House, take
from tests.usecases.ledger.money import assert_database_sums

USERS = [str(number) for number in range(2, 9)]
_EMPTY = [statement(delete(one)) for one in (accounts, journals, entries, dues, lots, envelopes, grabs)]
_FILLED = st.lists(st.tuples(st.integers(1, 4), st.integers(0, 30), st.sampled_from(Split)), min_size=1, max_size=3)
_STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("grab"),
            st.lists(st.tuples(st.integers(0, 2), st.sampled_from(USERS)), min_size=1, max_size=8),
        ),
        st.tuples(st.just("both"), st.tuples(st.integers(0, 2), st.sampled_from(USERS), st.sampled_from(USERS))),
        st.tuples(st.just("wait"), st.none()),
    ),
    min_size=1,
    max_size=8,
)
_OVERTAKEN: Any = (
    [(2, 0, Split.EQUAL), (1, 0, Split.EQUAL)],
    [("grab", [(0, "2"), (0, "2"), (0, "4"), (0, "3"), (1, "3")])],
)
"""Somebody taps twice, and who comes last has a part of another envelope: the last part is for who came before them."""


class Model:
    """What has to come of it: who has which part."""

    def __init__(self, filled: Sequence[Envelope]) -> None:
        self.filled = filled
        self.parts: dict[tuple[str, str], int] = {}
        self.is_late = False

    def grab(self, envelope: Envelope, user: str) -> tuple[int, int] | None:
        """Return the part and its coins; None: nothing is left for them."""
        if (envelope.id, user) not in self.parts:
            taken = sum(id == envelope.id for id, _ in self.parts)
            if self.is_late or taken == envelope.parts:
                return None
            self.parts[envelope.id, user] = taken
        number = self.parts[envelope.id, user]
        return number, envelope.draw.amounts[number]

    def coins(self) -> Counter[str]:
        """Return what each user has."""
        found = Counter[str]()
        for envelope in self.filled:
            for (id, user), number in self.parts.items():
                found[user] += envelope.draw.amounts[number] if id == envelope.id else 0
        return found


def said(decision: GrabDecision) -> tuple[int, int] | None:
    """Return what is answered as the model says it."""
    if isinstance(decision, GrabReceipt):
        return decision.grab.number, decision.grab.coins
    assert isinstance(decision, EnvelopeOver)
    return None


async def play(
    database: SqlDatabase, filled: Sequence[tuple[int, int, Split]], steps: Sequence[tuple[str, Any]]
) -> None:
    """Do it all, in this order, and compare after each step."""
    house = House(database)
    there = [await house.fill(f"e{n}", parts + more, parts, split) for n, (parts, more, split) in enumerate(filled)]
    model, processes = Model(there), [house.giving(), house.giving()]
    for turn, (what, asked) in enumerate(steps):
        if what == "wait":
            house.clock.advance(timedelta(minutes=1))
            model.is_late = True
        elif what == "grab":
            orders = [(there[place % len(there)], user) for place, user in asked]
            done = await take(processes[turn % 2], orders)
            assert [said(one) for one in done] == [model.grab(*order) for order in orders]
        else:
            place, *users = asked
            await _at_once(model, processes, there[place % len(there)], users)
        for user, coins in model.coins().items():
            assert await house.promo(user) == coins
    for envelope in there:
        given = sum(envelope.draw.amounts[n] for (id, _), n in model.parts.items() if id == envelope.id)
        assert await house.held(envelope) == envelope.coins - given
    await assert_database_sums(database)


async def _at_once(model: Model, processes: Sequence[Any], envelope: Envelope, users: Sequence[str]) -> None:
    """Have two grab in two processes at once: one of the two orders is what happened."""
    done = await asyncio.gather(*(take(one, [(envelope, user)]) for one, user in zip(processes, users, strict=True)))
    found, before = [said(one[0]) for one in done], dict(model.parts)
    if [model.grab(envelope, user) for user in users] == found:
        return
    model.parts = before
    assert [model.grab(envelope, user) for user in reversed(users)] == list(reversed(found))


@pytest.mark.parametrize("examples", [12, pytest.param(400, marks=pytest.mark.long)])
def test_envelopes_do_what_a_plain_model_does(url: str, examples: int) -> None:
    played = 0

    @many(examples)
    @given(_FILLED, _STEPS)
    @example(*_OVERTAKEN)
    def games(filled: list[tuple[int, int, Split]], steps: list[tuple[str, Any]]) -> None:
        nonlocal played
        played += 1

        async def game() -> None:
            database = await SqlDatabase.open(url)
            try:
                for one in _EMPTY:
                    await database.engine.run(one)
                await play(database, filled, steps)
            finally:
                await database.close()

        asyncio.run(game())

    games()
    assert played >= examples // 2
