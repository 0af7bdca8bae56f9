"""Words of outside sources in every order and number: a model says what stands, and both stores agree with it."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.moments import moment
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.presence.sightings import OutsidePresence
from liveroom.domain.presence.sightings import received as known_after
from tests.store.live.world import World

MORNING = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
BOB = UserId("bob")
Presence = tuple[str, str, str]
"""Source, room, who."""


def word(source: OutsideSource, room: str, who: str, second: int, *, here: bool) -> Sighting:
    where = None if source is OutsideSource.IM else RoomId(room)
    named = who if source in (OutsideSource.IM, OutsideSource.LIVEKIT) else ""
    return Sighting(BOB, source, where, named, MORNING + timedelta(seconds=second), here)


WORDS = st.builds(
    word,
    st.sampled_from(OutsideSource),
    st.sampled_from(["r1", "r2"]),
    st.sampled_from(["a", "b"]),
    st.integers(1, 6),
    here=st.booleans(),
)


def access(words: Sequence[Sighting]) -> set[Presence]:
    """Return which presences stand, by the times alone: the newest word of each; of participants those who have not
    left, and of whom no other came later.
    """
    of_each: dict[tuple[OutsideSource, RoomId | None], dict[str, list[Sighting]]] = {}
    for said in words:
        of_each.setdefault((said.source, said.room), {}).setdefault(said.who, []).append(said)
    found: set[Presence] = set()
    for (source, room), presences in of_each.items():
        came = {who: [one.at for one in said if one.present] for who, said in presences.items()}
        left = {who: [one.at for one in said if not one.present] for who, said in presences.items()}
        for who in presences:
            if source.has_participants:
                newest = max((time for times in came.values() for time in times), default=None)
                stands = newest in came[who] and not left[who]
            else:
                stands = bool(came[who]) and max(came[who]) > max(left[who], default=datetime.min.replace(tzinfo=UTC))
            if stands:
                found.add((source, room or "", who))
    return found


def received(words: Sequence[Sighting]) -> set[Presence]:
    """Return which presences stand when the words come in this order."""
    known: Sequence[OutsidePresence] = ()
    for said in words:
        known = known_after(known, said, moment(MORNING))
    return {(one.source, one.room or "", one.who) for one in known if one.is_there()}


@settings(max_examples=600, deadline=None, database=None)
@given(st.lists(WORDS, max_size=9), st.randoms(use_true_random=False))
def test_the_same_stands_in_every_order_and_however_often_a_word_comes(
    words: list[Sighting], chance: random.Random
) -> None:
    shuffled = [*words, *words]
    chance.shuffle(shuffled)
    assert received(words) == access(words)
    assert received(shuffled) == access(words)


@pytest.mark.parametrize("seed", range(3))
async def test_a_store_makes_of_words_what_the_model_does(world: World, seed: int) -> None:
    chance = random.Random(seed)
    made = [
        [
            word(
                chance.choice(list(OutsideSource)), chance.choice(["r1", "r2"]), chance.choice("ab"),
                chance.randint(1, 6), here=chance.random() < 0.6,
            )
            for _ in range(chance.randint(1, 9))
        ]
        for _ in range(60)
    ]  # fmt: skip
    for number, words in enumerate(made):
        user = UserId(f"u{number}")
        await world.live.outside.receive([said._replace(user=user) for said in words])
        world.clock.advance(25)
        found = {(one.source, one.room or "") for one in await world.live.sources(user) if one.alive}
        assert found == {(source, room) for source, room, _ in access(words)}, words
