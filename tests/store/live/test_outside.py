"""What outside services say of users: who holds a place, whose end ends a stay, and in which order it may come."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import pytest

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import DEFAULT_TENANT, EntryId, RoomId, SessionId, UserId
from liveroom.domain.presence.members import PresenceEntry, Role
from liveroom.domain.presence.outside import EVERYBODY, OutsideSource, Sighting
from liveroom.domain.presence.signs import Source
from tests.store.live.listener import R1, listen, socket_of
from tests.store.live.world import World

BOB = UserId("bob")
HOUR = 3600
IM, GROUP, TRTC, LIVEKIT, STREAM = OutsideSource
SUBSCRIBED: Socket = socket_of("bob")


class Words:
    """Words about bob, each so many seconds after the first was made."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._began: datetime = world.clock.now()

    def word(self, source: OutsideSource, second: float, *, here: bool, who: str = "", room: str = "r1") -> Sighting:
        where = None if source is IM else RoomId(room)
        return Sighting(BOB, source, where, who, self._began + timedelta(seconds=second), here)

    async def say(self, source: OutsideSource, *, here: bool, who: str = "", room: str = "r1") -> None:
        """Say it as of now."""
        passed = (self._world.clock.now() - self._began).total_seconds()
        await self.receive(self.word(source, passed, here=here, who=who, room=room))

    async def receive(self, *words: Sighting) -> None:
        await self._world.live.outside.receive(words)


@pytest.fixture
async def words(world: World) -> Words:
    """Return what says words about bob, in a world whose buckets are calm and whose room r1 is live."""
    await world.go_live()
    await world.calm()
    return Words(world)


async def pass_by(world: World, seconds: float, step: float = 10) -> list[PresenceEntry]:
    """Let time pass as a running service does; return bob's places that are to go, which are ended."""
    found: list[PresenceEntry] = []
    while seconds > 0:
        world.clock.advance(min(step, seconds))
        seconds -= step
        entries = await world.expire()
        await world.live.drop_entries(entries)
        found += [entry for entry in entries if entry.user == BOB]
    return found


async def sources(world: World) -> dict[str, bool]:
    """Return what outside sources say of bob: their names, and if they vouch."""
    return {one.source: one.alive for one in await outside(world)}


async def outside(world: World) -> Sequence[Source]:
    return [one for one in await world.live.sources(BOB) if not one.session]


async def rooms(world: World) -> list[str]:
    return [entry.room for entry in await world.live.entries(BOB)]


# --- holding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", OutsideSource)
async def test_a_source_holds_the_place_of_a_silent_session(world: World, words: Words, source: OutsideSource) -> None:
    await world.take("bob", "r1", keepalive=True)
    await words.say(source, here=True)
    assert await pass_by(world, 200) == []
    assert await world.is_online("bob")
    assert [one for one in await world.live.sources(BOB) if one.session] == []
    await words.say(source, here=False)
    gone = await pass_by(world, 30)
    assert [entry.user for entry in gone] == ["bob"]
    assert not await world.is_online("bob")


async def test_what_is_seen_in_another_room_holds_nothing_here(world: World, words: Words) -> None:
    await world.take("bob", "r1", keepalive=True)
    await words.say(TRTC, here=True, room="r2")
    assert len(await pass_by(world, 100)) == 1
    assert await world.is_online("bob")
    assert await rooms(world) == []


async def test_each_source_ends_only_itself(world: World, words: Words) -> None:
    await world.take("bob", "r1", keepalive=True)
    await words.say(IM, here=True, who="android")
    await words.say(IM, here=True, who="web")
    await words.say(TRTC, here=True)
    await words.say(IM, here=False, who="web")
    await pass_by(world, 100)
    assert [(one.source, one.alive) for one in await outside(world)].count(("im", True)) == 1
    assert await rooms(world) == ["r1"]
    await words.say(IM, here=False, who="android")
    assert await pass_by(world, 100) == []
    assert await sources(world) == {"im": False, "trtc": True}


async def test_a_session_that_has_ended_takes_its_place_along_whatever_is_seen(world: World, words: Words) -> None:
    await world.take("bob", "r1")
    await words.say(TRTC, here=True)
    await words.say(IM, here=True)
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("bob-1"),), world.clock.now()))
    assert len(await world.expire_after(1.1)) == 1


async def test_it_makes_nobody_a_member_and_holds_who_becomes_one(world: World, words: Words) -> None:
    await words.say(TRTC, here=True)
    assert await world.is_online("bob")
    assert await world.names() == ["ann"]
    await world.enter("bob", keepalive=True)
    assert await pass_by(world, 200) == []


async def test_after_twelve_hours_it_vouches_no_more_which_ends_no_stay(world: World, words: Words) -> None:
    await world.enter_as_anchor("bob")
    await words.say(TRTC, here=True)
    assert await pass_by(world, 12 * HOUR - 60, step=600) == []
    assert await sources(world) == {"trtc": True}
    assert await pass_by(world, 3 * HOUR, step=600) == []
    assert await sources(world) == {}
    assert await rooms(world) == ["r1"]
    assert len(await pass_by(world, 2 * HOUR, step=600)) == 1, "nothing has vouched for a silent host's four hours"


async def test_every_word_begins_the_twelve_hours_anew(world: World, words: Words) -> None:
    await world.take("bob", "r1", keepalive=True)
    for _ in range(3):
        await words.say(TRTC, here=True)
        assert await pass_by(world, 10 * HOUR, step=1800) == []
    assert await sources(world) == {"trtc": True}


async def test_an_audience_is_let_stay_while_it_is_seen_and_six_hours_longer(world: World, words: Words) -> None:
    async def watch(hours: float) -> list[PresenceEntry]:
        found: list[PresenceEntry] = []
        for _ in range(int(hours * 4)):
            found += await pass_by(world, HOUR / 4, step=HOUR / 4)
            await world.touch("bob")
        return found

    await world.take("bob", "r1")
    await words.say(GROUP, here=True)
    assert await watch(7) == []
    await words.say(GROUP, here=False)
    assert await watch(5.5) == []
    assert len(await watch(1)) == 1


# --- the end of evidence ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [TRTC, LIVEKIT, STREAM])
async def test_who_leaves_the_media_is_out_after_twenty_seconds_whatever_the_keepalive_says(
    world: World, words: Words, source: OutsideSource
) -> None:
    await world.enter("bob", keepalive=True)
    await words.say(source, here=True, who="PA_1")
    await pass_by(world, 30)
    await words.say(source, here=False, who="PA_1")
    await world.touch("bob", keepalive=True)
    assert await pass_by(world, 18, step=2) == []
    assert [entry.room for entry in await pass_by(world, 4, step=2)] == ["r1"]
    assert await world.is_online("bob")


@pytest.mark.parametrize("source", [IM, GROUP])
async def test_the_end_of_other_sources_ends_no_stay_of_a_session_that_lives(
    world: World, words: Words, source: OutsideSource
) -> None:
    await world.enter("bob", keepalive=True)
    await words.say(source, here=True)
    await words.say(source, here=False)
    assert await pass_by(world, 60) == []


async def test_who_left_the_media_and_is_in_the_group_stays_until_that_ends(world: World, words: Words) -> None:
    """Whoever leaves the microphone leaves the media, and may go on watching by other ways."""
    await world.enter("bob", keepalive=True)
    for source in (TRTC, GROUP):
        await words.say(source, here=True)
    await pass_by(world, 10)
    await words.say(TRTC, here=False)
    found: list[PresenceEntry] = []
    for _ in range(60):
        found += await pass_by(world, 60, step=30)
        await world.touch("bob", keepalive=True)
    assert found == []
    await words.say(GROUP, here=False)
    assert len(await pass_by(world, 30)) == 1


async def test_who_leaves_media_and_group_at_once_is_out_though_the_group_ends_last(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    for source in (TRTC, GROUP):
        await words.say(source, here=True)
    await pass_by(world, 10)
    await words.say(TRTC, here=False)
    world.clock.advance(1)
    await words.say(GROUP, here=False)
    assert len(await pass_by(world, 25, step=1)) == 1


async def test_who_is_back_within_twenty_seconds_stays(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    await words.say(TRTC, here=True)
    await pass_by(world, 10)
    await words.say(TRTC, here=False)
    await pass_by(world, 10)
    await words.say(TRTC, here=True)
    assert await pass_by(world, 60) == []


async def test_whoever_enters_again_after_leaving_the_media_stays(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    await words.say(TRTC, here=True)
    await pass_by(world, 10)
    await words.say(TRTC, here=False)
    world.clock.advance(5)
    await world.enter("bob", keepalive=True)
    assert await pass_by(world, 60) == []


async def test_media_that_ended_before_the_place_was_taken_ends_nothing(world: World, words: Words) -> None:
    await words.say(TRTC, here=True)
    world.clock.advance(5)
    await words.say(TRTC, here=False)
    world.clock.advance(5)
    await world.enter("bob", keepalive=True)
    assert await pass_by(world, 60) == []


async def test_a_subscription_spares_who_left_the_media_and_its_end_does_not(world: World, words: Words) -> None:
    await listen(world)
    await world.enter("bob", keepalive=True)
    await world.live.channels.join(R1, DEFAULT_TENANT, SUBSCRIBED)
    await words.say(TRTC, here=True)
    world.clock.advance(5)
    await words.say(TRTC, here=False)
    assert await pass_by(world, 60) == []
    assert await rooms(world) == ["r1"]
    await world.live.channels.part(R1, SUBSCRIBED)
    world.clock.advance(21)
    await world.live.flush()
    (entry,) = await world.live.channels.deserted(10)
    assert await world.live.outside.seen([entry]) == []


async def test_who_is_spared_stays_until_they_leave_the_media_again(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    await words.say(LIVEKIT, here=True, who="PA_1")
    world.clock.advance(5)
    await words.say(LIVEKIT, here=False, who="PA_1")
    world.clock.advance(21)
    expired = await world.live.expired(10, gap=timedelta(minutes=5))
    assert (list(expired.over), [one.user for one in expired.unseen]) == ([], [BOB])
    await words.say(LIVEKIT, here=True, who="PA_2")
    await world.live.outside.spare(expired.unseen)
    assert await pass_by(world, 60) == []
    await words.say(LIVEKIT, here=False, who="PA_2")
    assert len(await pass_by(world, 30)) == 1


async def test_who_is_seen_in_the_room_can_be_told(world: World, words: Words) -> None:
    here, elsewhere = (
        PresenceEntry(EntryId("p"), BOB, SessionId("s"), RoomId(room), host=False) for room in ("r1", "r2")
    )
    unknown = here._replace(user=UserId("nobody"))
    assert await world.live.outside.seen([here, elsewhere, unknown]) == []
    await words.say(TRTC, here=True)
    assert await world.live.outside.seen([here, elsewhere, unknown]) == [here]
    await words.say(IM, here=True)
    await words.say(TRTC, here=False)
    world.clock.advance(21)
    assert await world.live.outside.seen([here, elsewhere, unknown]) == []


async def test_media_that_ended_for_everybody_ended_for_each_who_was_there(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    await words.receive(words.word(LIVEKIT, 5, here=False, who=EVERYBODY))
    await words.receive(words.word(LIVEKIT, 10, here=True, who="PA_1"))
    await words.receive(words.word(LIVEKIT, 9, here=False, who=EVERYBODY))
    assert await pass_by(world, 60) == []
    await words.receive(words.word(LIVEKIT, 70, here=False, who=EVERYBODY))
    assert len(await pass_by(world, 30)) == 1


# --- any order --------------------------------------------------------------------------------------------------------


def orders(words: Sequence[Sighting]) -> Iterable[Sequence[Sighting]]:
    """Return every order, each word twice: once in its turn, once at the end."""
    return ([*order, *order] for order in itertools.permutations(words))


@pytest.mark.parametrize("source", [IM, GROUP, TRTC])
async def test_of_one_presence_the_newest_word_stands_in_every_order(
    world: World, words: Words, source: OutsideSource
) -> None:
    said = [words.word(source, second, here=here) for second, here in ((1, True), (2, False), (3, True), (4, False))]
    for last in range(1, len(said) + 1):
        for order in orders(said[:last]):
            user = UserId("".join(str(said.index(word)) for word in order) + f"-{last}")
            await words.receive(*(word._replace(user=user) for word in order))
            world.clock.advance(25)
            assert await world.is_online(user) is said[last - 1].present, order
            world.clock.advance(-25)


async def test_a_newer_participant_replaces_the_older_in_every_order(world: World, words: Words) -> None:
    """The older one's end is told after the newer one's start, with a time that is later too."""
    said = [
        words.word(LIVEKIT, 1, here=True, who="PA_1"),
        words.word(LIVEKIT, 5, here=True, who="PA_2"),
        words.word(LIVEKIT, 6, here=False, who="PA_1"),
    ]
    over = [*said, words.word(LIVEKIT, 7, here=False, who="PA_2")]
    lost = [said[0], said[1], over[-1]]
    for number, (story, is_there) in enumerate([(said, True), (over, False), (lost, False)]):
        for order in orders(story):
            user = UserId("".join(str(story.index(word)) for word in order) + f"-{number}")
            await words.receive(*(word._replace(user=user) for word in order))
            world.clock.advance(25)
            assert await world.is_online(user) is is_there, order
            world.clock.advance(-25)


async def test_a_participant_who_is_gone_never_comes_back(world: World, words: Words) -> None:
    await words.receive(words.word(LIVEKIT, 5, here=False, who="PA_1"), words.word(LIVEKIT, 5, here=True, who="PA_1"))
    world.clock.advance(25)
    assert not await world.is_online("bob")
    await words.receive(words.word(LIVEKIT, 9, here=True, who="PA_1"))
    assert not await world.is_online("bob")


async def test_a_place_ends_as_well_where_the_end_came_before_the_start(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    await words.receive(words.word(TRTC, 6, here=False), words.word(TRTC, 5, here=True))
    assert len(await pass_by(world, 30)) == 1


# --- who counts -------------------------------------------------------------------------------------------------------


async def test_who_is_only_seen_outside_counts_as_online_until_that_ends(world: World, words: Words) -> None:
    before = await world.live.online()
    await words.say(IM, here=True)
    assert await world.live.online() == before + 1
    await world.touch("bob", keepalive=True)
    assert await world.live.online() == before + 1
    await pass_by(world, 100)
    assert await world.live.online() == before + 1
    await words.say(IM, here=False)
    await pass_by(world, 30)
    assert await world.live.online() == before
    await words.say(IM, here=True)
    assert await world.live.online() == before + 1
    await words.say(IM, here=False)
    await pass_by(world, HOUR, step=60)
    assert await world.live.online() == before
    assert await world.live.sources(BOB) == []


async def test_since_when_somebody_is_online_survives_the_source_that_said_so(world: World, words: Words) -> None:
    await words.say(IM, here=True)
    (before,) = await world.live.presence([BOB])
    await pass_by(world, 50)
    await world.touch("bob", keepalive=True)
    await words.say(IM, here=False)
    await pass_by(world, 50)
    assert await sources(world) == {"im": False}
    (after,) = await world.live.presence([BOB])
    assert (after.online, after.since) == (True, before.since)


async def test_a_source_says_where_and_since_when(world: World, words: Words) -> None:
    await words.say(TRTC, here=True)
    (one,) = await world.live.sources(BOB)
    assert (one.session, one.source, one.room, one.alive) == ("", "trtc", "r1", True)
    assert one.expires - one.since == timedelta(hours=12)
    world.clock.advance(60)
    await words.say(TRTC, here=False)
    await pass_by(world, 30)
    (one,) = await world.live.sources(BOB)
    assert (one.source, one.alive) == ("trtc", False)
    assert timedelta(seconds=59) < one.expires - one.since < timedelta(seconds=61), "when it ended"


async def test_an_end_alone_is_nothing_to_show_and_is_forgotten(world: World, words: Words) -> None:
    before = await world.live.online()
    await words.say(TRTC, here=False)
    assert await world.live.sources(BOB) == []
    assert await world.live.online() == before
    await pass_by(world, HOUR, step=300)
    await words.receive(words.word(TRTC, -1, here=True))
    assert await sources(world) == {"trtc": True}


async def test_a_user_has_sixteen_sources_at_most(world: World, words: Words) -> None:
    await words.say(IM, here=True, who="android")
    for number in range(40):
        await words.say(TRTC, here=True, room=f"r{number}")
        await words.say(TRTC, here=False, room=f"r{number}")
    assert len(await outside(world)) == 16
    assert (await sources(world))["im"]


async def test_restored_members_get_one_lease_though_nobody_knows_what_was_seen(world: World, words: Words) -> None:
    await world.enter("bob", keepalive=True)
    await words.say(TRTC, here=True)
    await pass_by(world, 200)
    await world.lose()
    assert await sources(world) == {}
    await world.expire()
    assert await world.expire_after(80) == []
    assert BOB in {entry.user for entry in await world.expire_after(100)}


async def test_a_host_who_is_seen_keeps_the_room_shown(world: World, words: Words) -> None:
    await world.open_room("r7", "bob")
    await world.enter("bob", "r7", wanted=Role.OWNER, keepalive=True)
    await words.say(TRTC, here=True, room="r7")
    assert await pass_by(world, 600) == []
    room = await world.room("r7")
    assert not room.hidden
