"""Defects of ``store/live``: the scripts, what carries them to a server, and the rules beside them."""

from typing import Final

from tests.mutations.defect import Defect

_LIVE: Final = "src/liveroom/store/live/"
_LUA: Final = f"{_LIVE}redis/lua/"

LIVE_STORE: Final = (
    Defect(
        "unmarked-telling",
        f"{_LUA}tell_gifts.lua",
        "call('ZADD', KEYS.told, 1, ARGV.batch)\n",
        "",
        "Gifts count twice, and are told twice, when a process dies before it says that it has told of them.",
        "tests/store/live/redis/test_gifts_again.py::test_a_script_whose_answer_was_lost_counts_and_tells_once",
    ),
    Defect(
        "cheapest-gifts-told",
        f"{_LUA}tell_gifts.lua",
        "return one[WAITING_GIFT.coins] > other[WAITING_GIFT.coins]",
        "return one[WAITING_GIFT.coins] < other[WAITING_GIFT.coins]",
        "In a flood of roses nobody sees the castle.",
        "tests/store/live/test_gifts.py::test_of_many_gifts_the_dearest_have_events_and_the_others_are_one[redis]",
    ),
    Defect(
        "reply-to-what-was-recalled",
        f"{_LUA}say.lua",
        " or Talk.is_recalled(links[LINKS.reply_to])",
        "",
        "A reply that was on its way shows what was recalled a moment ago.",
        "tests/store/live/test_replies.py::test_what_was_recalled_is_not_answered[redis]",
    ),
    Defect(
        "one-too-many",
        f"{_LUA}admit.lua",
        "call('HLEN', KEYS.members) >= room.capacity",
        "call('HLEN', KEYS.members) > room.capacity",
        "A room for ten lets eleven in.",
        "tests/store/live/test_members.py::test_a_full_room_refuses_the_next_member[redis]",
    ),
    Defect(
        "host-who-left",
        f"{_LUA}leave.lua",
        "  call('ZREM', KEYS.hosts, user)\n",
        "",
        "A room whose last host has left is never hidden, and never closed.",
        "tests/store/live/test_rooms.py::test_by_policy_hosts_an_anchor_stands_in_for_the_owner[redis]",
    ),
    Defect(
        "late-access-record",
        f"{_LUA}put_access.lua",
        "if known and known[ACCESS.rev] >= rev then\n  return 0\nend\n",
        "",
        "A ban that was lifted comes back when its row is applied late.",
        "tests/store/live/test_room_access.py::test_a_late_row_of_a_standing_changes_nothing[redis]",
    ),
    Defect(
        "seat-map-of-another-moment",
        f"{_LUA}put_seat_map.lua",
        "if map.version ~= tonumber(ARGV.version) or room.rev ~= tonumber(ARGV.rev) then",
        "if room.rev ~= tonumber(ARGV.rev) then",
        "Of two who take the last seat at once both are told that it is theirs.",
        "tests/store/live/test_seats.py::test_what_is_changed_by_now_is_not_changed_again[redis]",
    ),
    Defect(
        "seconds-of-an-entry",
        f"{_LUA}modules/expiry.lua",
        "entry[ENTRY.entered] * 1000 + Users.WAIT_AUDIENCE <= NOW",
        "entry[ENTRY.entered] + Users.WAIT_AUDIENCE <= NOW",
        "Every viewer is put out of their room at the next look.",
        "tests/store/live/test_places.py::test_a_former_place_that_nobody_left_goes_after_half_a_minute[redis]",
    ),
    Defect(
        "window-that-slides",
        f"{_LUA}hit.lua",
        "      began, uses = tonumber(first), tonumber(second)",
        "      began, uses = NOW, tonumber(second)",
        "Whoever is limited and tries on is limited for ever.",
        "tests/store/live/test_limits.py::test_the_window_begins_with_the_first_use[redis]",
    ),
    Defect(
        "log-without-end",
        f"{_LUA}modules/events.lua",
        "  if call('RPUSH', KEYS.log, message) > EVENTS.kept then\n    call('LPOP', KEYS.log)\n  end\n",
        "  call('RPUSH', KEYS.log, message)\n",
        "Redis fills up with the events of every long broadcast.",
        "tests/store/live/test_publications.py::test_only_so_many_publications_are_remembered[redis]",
    ),
    Defect(
        "speaker-without-expiry",
        f"{_LUA}say.lua",
        "call('SET', KEYS.speaker, pack(speaker), 'PX', whole(math.max(MESSAGES.remembered, slow)))",
        "call('SET', KEYS.speaker, pack(speaker))",
        "Redis keeps a key for everybody who ever wrote in any room.",
        "tests/store/live/redis/test_expiring_keys.py",
    ),
    Defect(
        "speaker-of-every-room",
        f"{_LIVE}redis/keys.py",
        'return f"{self.tag}:talk:{room}:{user}".encode()',
        'return f"{self.tag}:talk:{user}".encode()',
        "Who writes in one room has to wait in another.",
        "tests/store/live/test_talk_pace.py::test_who_has_said_much_in_one_room_may_write_in_another[redis]",
    ),
    Defect(
        "marked-after-the-read",
        f"{_LIVE}redis/journal.py",
        "        self.waiting.difference_update(buckets)\n"
        '        answers = await self._caller.call_all("take_journal", asked)\n',
        '        answers = await self._caller.call_all("take_journal", asked)\n'
        "        self.waiting.difference_update(buckets)\n",
        "A stay that begins while its journal is read waits until somebody else comes.",
        "tests/store/live/redis/test_shared_journal.py",
    ),
    Defect(
        "ended-while-it-was-asked",
        f"{_LIVE}redis/session_cache.py",
        "if session not in known and session not in self._over:",
        "if session not in known:",
        "A session that ended while it was looked up goes on being valid in this process.",
        "tests/store/live/redis/test_session_cache.py::test_what_has_ended_is_known_no_more_and_not_again",
    ),
    Defect(
        "newer-entry",
        f"{_LIVE}judging.py",
        "newer = [one for one in others if one.entry.id > entry.id]",
        "newer = [one for one in others if one.entry.id < entry.id]",
        "The cross-check takes people out of the room that they are in now.",
        "tests/store/live/test_comparing.py::test_a_member_whose_session_has_a_newer_place_is_ended[redis]",
    ),
)
