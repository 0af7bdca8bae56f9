"""Rules that stand in Lua and in ``domain``, because a hot call can wait for neither: both decide alike."""

import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveroom.domain.errors import RateLimited
from liveroom.domain.events.pace import leaves_in
from liveroom.domain.ids import EntryId, RoomId, SessionId
from liveroom.domain.messages.model import Priority
from liveroom.domain.messages.pace import SecondSaid, counted_times, wait_of_speaker
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.entries import (
    EntryDecision,
    KeptEntry,
    claimed,
    decided,
    dropped,
    only_newest,
)
from liveroom.domain.presence.members import Role, displayed_role
from liveroom.domain.presence.outside import NUMBERS, OutsideSource
from liveroom.domain.presence.sightings import OutsidePresence, expired, have_left_media
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.rooms.heat import warmed
from liveroom.domain.rooms.hosting import HostAbsence, is_hosted
from liveroom.domain.rooms.likes import MOST, LikeWindow, WriteTurns
from liveroom.domain.rooms.model import HostPolicy
from liveroom.store.live.redis.keys import USERS_WHOLE, KeySet
from liveroom.store.live.redis.records import ROLE_NUMBERS, OutsideRow
from tests.examples import many
from tests.servers import Redis
from tests.store.live.redis.lua_rules import LuaRules, lua_rules

pytestmark = pytest.mark.services

MUCH: Final = many(150)
NOW: Final = 1_764_395_123_456


@pytest.fixture
def lua(redis_server: Redis) -> Iterator[LuaRules]:
    """Yield a Redis that runs rules."""
    with lua_rules(redis_server) as rules:
        yield rules


def near(*spans: int) -> st.SearchStrategy[int]:
    """Return times around now, and around so many milliseconds before and after it."""
    edges = [sign * span + step for span in (0, *spans) for sign in (-1, 1) for step in (-1, 0, 1)]
    most, edge = 2 * max(spans), st.sampled_from(edges)
    return st.one_of(edge, edge, edge, st.integers(-most, most)).map(lambda passed: NOW + passed)


# --- messages ------------------------------------------------------------------------------------------------------


def test_a_member_waits_as_long(lua: LuaRules) -> None:
    body = """
    local speaker = unpack_(ARGV.speaker)
    local wait, slow = Pace.wait_of_speaker(speaker, tonumber(ARGV.most), tonumber(ARGV.slow))
    return pack({wait, slow, speaker[SPEAKER.times]})
    """

    @MUCH
    @given(st.lists(near(10_000), max_size=8).map(sorted), near(5000), st.integers(0, 5), st.sampled_from([0, 5000]))
    def waits(times: list[int], last: int, most: int, slow: int) -> None:
        answer = lua.run("pace", body, now=NOW, speaker=["b1", last, times, []], most=most, slow=slow)
        counted = counted_times(times, NOW)
        wait = wait_of_speaker(counted, last, NOW, most=most, slow=slow)
        assert answer == [wait.ms, wait.slow, counted]

    waits()


def test_a_room_takes_as_much_in_a_second(lua: LuaRules) -> None:
    body = """
    local talk, size = unpack_(ARGV.talk), tonumber(ARGV.size)
    local wait = Pace.wait_of_room(talk, ARGV.priority, size, tonumber(ARGV.most))
    Pace.count(talk, ARGV.priority, size)
    return pack({wait, talk})
    """
    said = st.tuples(near(1000), st.integers(0, 30), st.integers(0, 50_000), st.integers(0, 25), st.integers(0, 20_000))

    @MUCH
    @given(said, st.sampled_from(Priority), st.integers(1, 9000), st.integers(1, 30))
    def takes(second: tuple[int, int, int, int, int], priority: Priority, size: int, most: int) -> None:
        talk = [NOW, 0, *second]
        wait, after = lua.run("pace", body, now=NOW, talk=talk, priority=priority.value, size=size, most=most)
        now = SecondSaid(*second).at(NOW)
        assert wait == now.wait(priority, size, NOW, most=most)
        assert after == [NOW, 0, *now.plus(priority, size)]

    takes()


# --- heat ----------------------------------------------------------------------------------------------------------


def test_a_room_is_warmed_as_much(lua: LuaRules) -> None:
    body = "return pack(Heat.text(Heat.warmed(tonumber(ARGV.cools), tonumber(ARGV.weight), tonumber(ARGV.span))))"
    spans = st.sampled_from([1_000, 600_000, 86_400_000])

    @MUCH
    @given(st.one_of(st.just(0), near(600_000, 86_400_000)), st.floats(0, 1e6), spans)
    def warms(cools: int, weight: float, span: int) -> None:
        answer = lua.run("heat", body, now=NOW, cools=cools, weight=repr(weight), span=span)
        assert answer == f"{warmed(float(cools), NOW, weight, span):.3f}"

    warms()


# --- likes ---------------------------------------------------------------------------------------------------------


def test_turns_to_write_likes_are_the_same(lua: LuaRules) -> None:
    body = """
    local liking = unpack_(ARGV.liking)
    Liking.correct(liking)
    local turn = Liking.ask(liking, tonumber(ARGV.turn))
    local asked = {turn or false, liking[LIKING.last], liking[LIKING.free]}
    liking[LIKING.last] = NOW
    local following, wait = Liking.next_turn(liking)
    return pack({asked, {following, wait, liking[LIKING.last], liking[LIKING.free]}})
    """

    @MUCH
    @given(near(202, 1800), near(210, 1800), st.one_of(st.just(0), near(210, 1800, 2010)))
    def gives(last: int, free: int, turn: int) -> None:
        asked, following = lua.run("liking", body, now=NOW, liking=[last, free, []], turn=turn)
        turns = WriteTurns(last, free).at(NOW)
        try:
            granted, turns = turns.asked(turn, NOW)
            assert asked == [granted, *turns]
        except RateLimited:
            assert asked == [False, *turns]
        *turn_and_wait, turns = turns.written(NOW)
        assert following == [*turn_and_wait, *turns]

    gives()


def test_as_many_likes_of_a_user_count(lua: LuaRules) -> None:
    body = "local liker = unpack_(ARGV.liker) return pack({Liking.count(liker, tonumber(ARGV.likes)), liker})"

    @MUCH
    @given(near(10_000), st.integers(0, MOST), st.integers(1, 100))
    def counts(began: int, likes: int, more: int) -> None:
        is_counted, (now_began, now_likes, _) = lua.run("liking", body, now=NOW, liker=[began, likes, ""], likes=more)
        window = LikeWindow(began, likes).plus(more, NOW)
        assert is_counted == (window is not None)
        assert window is None or window == (now_began, now_likes)

    counts()


# --- events --------------------------------------------------------------------------------------------------------


def test_what_is_gathered_leaves_at_the_same_time(lua: LuaRules) -> None:
    body = "return pack(Events.leaves_in(unpack_(ARGV.log), ARGV.urgent == '1'))"

    @MUCH
    @given(near(200), st.one_of(st.just(0), near(2000)), st.booleans())
    def leaves(published: int, held: int, urgent: bool) -> None:
        log = ["epoch", 0, 0, published, 0, 0, held, 0]
        wait = lua.run("rooms events", body, KeySet.CHANGED.value, now=NOW, room="r1", log=log, urgent=int(urgent))
        assert wait == leaves_in(NOW, published=published, held=held, urgent=urgent)

    leaves()


# --- rooms ---------------------------------------------------------------------------------------------------------


def test_a_room_without_its_host_is_hidden_alike(lua: LuaRules) -> None:
    body = """
    call('DEL', KEYS.members, KEYS.hosts, KEYS.due, KEYS.room)
    for _, user in ipairs(unpack_(ARGV.members)) do
      call('HSET', KEYS.members, user, '')
    end
    for _, user in ipairs(unpack_(ARGV.hosting)) do
      call('ZADD', KEYS.hosts, 1, user)
    end
    if ARGV.over ~= '' then
      call('ZADD', KEYS.due, ARGV.over, Rooms.ID)
    end
    local room = {owner = 'ann', hosts = ARGV.hosts == '1', hidden = ARGV.hidden == '1'}
    Rooms.update_visibility(room, 60000)
    local over = call('ZSCORE', KEYS.due, Rooms.ID)
    return pack({room.hidden and true or false, over and tonumber(over), call('HEXISTS', KEYS.room, ROOM.hidden)})
    """
    people = st.sets(st.sampled_from(["ann", "bob", "cid"]))

    @MUCH
    @given(people, people, st.sampled_from(HostPolicy), st.one_of(st.none(), near(60_000)), st.booleans())
    def hides(members: set[str], hosting: set[str], policy: HostPolicy, over: int | None, hidden: bool) -> None:
        before = HostAbsence(hidden and over is not None, over)
        words: dict[str, Any] = {"members": sorted(members), "hosting": sorted(hosting & members)}
        words |= {"hosts": int(policy is HostPolicy.HOSTS), "over": "" if over is None else over}
        found, due, kept = lua.run(
            "rooms", body, KeySet.CHANGED.value, now=NOW, room="r1", hidden=int(before.hidden), **words
        )
        hosted = is_hosted(policy, owner="ann" in members, hosts=bool(hosting & members))
        after = before.next(NOW, 60_000, hosted=hosted)
        assert kept == (after.hidden and not before.hidden)
        assert [found, due or None] == list(after)

    hides()


def test_members_are_displayed_alike(lua: LuaRules) -> None:
    body = "return pack(Rooms.displayed_role(unpack_(ARGV.member)))"
    for role in (Role.AUDIENCE, Role.ANCHOR, Role.OWNER):
        for marks in range(4):
            member = [ROLE_NUMBERS[role], "", "", "", 0, 1, "s", [], 0, marks]
            shown = displayed_role(role, moderates=marks & 1 == 1, seated=marks > 1)
            found = lua.run("rooms", body, KeySet.CHANGED.value, room="r1", member=member)
            assert found == ROLE_NUMBERS[shown], (role, marks)


# --- users ---------------------------------------------------------------------------------------------------------

WAITS: Final = {"wait_keepalive": 1, "wait_silent": 2, "wait_host": 3, "wait_audience": 4}


def test_a_sign_of_life_counts_as_long(lua: LuaRules) -> None:
    body = """
    local record = unpack_(ARGV.record)
    local session = unpack(record[USER.sessions])
    return pack(Users.lease_of(record, session))
    """
    timeouts = PresenceTimeouts()
    waits = (timeouts.keepalive, timeouts.silent, timeouts.silent_host, timeouts.audience)
    words: dict[str, Any] = dict(zip(WAITS, map(milliseconds, waits), strict=True))
    for keepalive in (False, True):
        for hosts in (False, True):
            for session in ("s1", "s2"):
                entry = ["e1", session, "r1", 0, int(hosts)]
                record = ["", "", 0, [["s1", NOW, NOW, int(keepalive)]], [entry]]
                lease = lua.run("users", body, USERS_WHOLE, now=NOW, record=record, **words)
                is_host = hosts and session == "s1"
                assert lease == milliseconds(timeouts.lease(keepalive=keepalive, hosts=is_host))


@st.composite
def presences(draw: st.DrawFn) -> Sequence[OutsidePresence]:
    """Return what may be known of a user from outside sources."""
    times = st.sampled_from([0, NOW - 2000, NOW - 1000])
    found: list[OutsidePresence] = []
    for source in draw(st.lists(st.sampled_from(OutsideSource), max_size=5)):
        room = None if source is OutsideSource.IM else RoomId(draw(st.sampled_from(["r1", "r2"])))
        expires, vouches = draw(near(1000)), draw(st.booleans())
        found.append(OutsidePresence(source, room, "", NOW, draw(times), draw(times), expires, vouches))
    return found


def test_outside_sources_expire_alike(lua: LuaRules) -> None:
    body = """
    local record = USER{name = '', avatar = '', due = 0, sessions = {}, entries = {}, online_since = false,
      outside = unpack_(ARGV.outside)}
    local has_left = {}
    for number, room in ipairs({'r1', 'r2'}) do
      has_left[number] = Outside.has_left_media(record, room, NOW - 1500)
    end
    local kept, silent, left = Outside.expire(record)
    local function rooms(of)
      local found = {}
      for _, room in ipairs({'', 'r1', 'r2'}) do
        found[#found + 1] = of[room] and room or nil
      end
      return found
    end
    return pack({has_left, kept, rooms(silent), rooms(left)})
    """

    @MUCH
    @given(presences())
    def expires(known: Sequence[OutsidePresence]) -> None:
        outside = [OutsideRow.of(one) for one in known]
        has_left, kept, *rooms = lua.run("users outside", body, USERS_WHOLE, now=NOW, outside=outside, **WAITS)
        after = expired(known, NOW)
        assert has_left == [have_left_media(known, RoomId(room), NOW - 1500) for room in ("r1", "r2")]
        assert kept == [
            [NUMBERS[one.source], one.room or "", one.who, one.started, one.ended, one.expires, one.since, one.vouches]
            for one in after.kept
        ]
        assert rooms == [sorted(room or "" for room in some) for some in (after.silent, after.left)]

    expires()


# --- presence entries ----------------------------------------------------------------------------------------------

SECOND: Final = NOW // 1000 * 1000
HOURS: Final = 4000
"""An audience's, in milliseconds."""


@st.composite
def kept_entries(draw: st.DrawFn) -> Sequence[KeptEntry]:
    """Return entries of one user: of each session one in a room, some of which others have replaced."""
    places = st.tuples(st.sampled_from(["s1", "s2"]), st.sampled_from(["r1", "r2", "r3"]))
    found: list[KeptEntry] = []
    for number, (session, room) in enumerate(draw(st.lists(places, max_size=5, unique=True))):
        entered = SECOND + 1000 * draw(st.integers(-6, 1))
        one = KeptEntry(EntryId(f"e{number}"), SessionId(session), RoomId(room), draw(st.booleans()), entered)
        if draw(st.booleans()):
            by = EntryId(draw(st.sampled_from(["e0", "e1", "e2", "gone"])))
            one = one._replace(replaced_by=by, replaced_at=draw(near(30_000))) if by != one.id else one
        going = draw(st.one_of(st.just(0), near(30_000)))
        found.append(one._replace(going=going, restored=draw(st.booleans())))
    return found


def row_of(one: KeptEntry) -> list[Any]:
    """Return an entry as scripts keep it."""
    by = one.replaced_by or False
    entered = one.entered // 1000
    return [one.id, one.session, one.room, entered, int(one.host), one.going, by, one.replaced_at, int(one.restored)]


def read_row(row: list[Any]) -> KeptEntry:
    """Return what scripts have made of an entry; they leave out what says nothing."""
    filled: list[Any] = [*row, *(0, False, 0, 0)[len(row) - 5 :]]
    id, session, room, entered, host, going, by, at, restored = filled
    return KeptEntry(id, session, room, host == 1, entered * 1000, by or None, at or 0, going or 0, restored == 1)


def record_of(entries: Sequence[KeptEntry], outside: Sequence[OutsidePresence] = ()) -> list[Any]:
    """Return the record of a user whose first session lives."""
    return ["", "", 0, [["s1", NOW, NOW, 0]], [row_of(one) for one in entries], False, [*map(OutsideRow.of, outside)]]


def test_a_claimed_entry_replaces_the_same_others(lua: LuaRules) -> None:
    body = """
    local record = unpack_(ARGV.record)
    local mine, former = Entries.claim(record, unpack_(ARGV.entry))
    return pack({record[USER.entries], mine, former})
    """

    @MUCH
    @given(kept_entries(), st.sampled_from(["r1", "r2", "r3"]), st.booleans())
    def claims(entries: Sequence[KeptEntry], room: str, host: bool) -> None:
        new = KeptEntry(EntryId("new"), SessionId("s1"), RoomId(room), host, SECOND)
        record = record_of(entries)
        found, mine, former = lua.run(
            "users entries", body, USERS_WHOLE, now=NOW, record=record, entry=row_of(new)[:5], **WAITS
        )
        after = claimed(entries, new, NOW)
        assert [read_row(row) for row in found] == after.entries
        assert read_row(mine) == after.mine
        assert [read_row(row) for row in former] == after.former

    claims()


def test_what_a_dropped_entry_had_replaced_comes_to_the_same(lua: LuaRules) -> None:
    body = """
    local record = unpack_(ARGV.record)
    Entries.drop(record, ARGV.id, ARGV.refused == '1')
    return pack(record[USER.entries])
    """

    @MUCH
    @given(kept_entries(), st.sampled_from(["e0", "e1", "none"]), st.booleans())
    def drops(entries: Sequence[KeptEntry], id: str, refused: bool) -> None:
        record = record_of(entries)
        words = {"record": record, "id": id, "refused": int(refused)}
        found = lua.run("users entries", body, USERS_WHOLE, now=NOW, **words, **WAITS)
        is_there = any(one.id == id for one in entries)
        after = dropped(entries, EntryId(id), NOW, refused=refused)
        assert [read_row(row) for row in found] == after or not is_there

    drops()


def test_of_the_entries_that_come_back_the_newest_stays(lua: LuaRules) -> None:
    body = "local record = unpack_(ARGV.record) Entries.keep_newest(record) return pack(record[USER.entries])"

    @MUCH
    @given(kept_entries(), st.randoms(use_true_random=False))
    def keeps(entries: Sequence[KeptEntry], chance: random.Random) -> None:
        shuffled = chance.sample(entries, len(entries))
        found = lua.run("users entries", body, USERS_WHOLE, now=NOW, record=record_of(shuffled), **WAITS)
        assert [read_row(row) for row in found] == only_newest(shuffled, NOW)

    keeps()


def test_the_same_entries_are_to_end_and_are_looked_at_next(lua: LuaRules) -> None:
    body = """
    local record, found = unpack_(ARGV.record), {}
    Users.held_until = tonumber(ARGV.hold)
    for number, entry in ipairs(record[USER.entries]) do
      local at = Users.next_look_at(record, entry)
      found[number] = {Expiry.decide(record, entry, NOW < Users.held_until) or 2, at < math.huge and at}
    end
    return pack(found)
    """
    decisions = (EntryDecision.GOES, EntryDecision.UNSEEN, EntryDecision.STAYS)

    @MUCH
    @given(kept_entries(), presences(), near(1000))
    def ends(entries: Sequence[KeptEntry], sources: Sequence[OutsidePresence], hold: int) -> None:
        waits = {**WAITS, "wait_audience": HOURS}
        record = record_of(entries, sources)
        found = lua.run("users outside expiry", body, USERS_WHOLE, now=NOW, record=record, hold=hold, **waits)
        for one, (decision, look) in zip(entries, found, strict=True):
            lives, held = one.session == "s1", hold > NOW
            assert decisions[decision] is decided(one, entries, sources, NOW, lives=lives, audience=HOURS, held=held), (
                one
            )
            assert (look or None) == one.next_look(sources, audience=HOURS, hold=hold), one

    ends()
