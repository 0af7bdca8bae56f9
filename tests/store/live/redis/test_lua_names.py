"""Names in scripts, and the positions that stand in their place when one is loaded."""

import pytest

from liveroom.store.live.redis.lua_names import ScriptNames, ScriptWrong, without_comments

RECORDS = {"ENTRY": ("id", "session", "room", "host"), "PAIR": ("left", "right")}
HASHES = {"ROOM": {"card": "c"}}
NUMBERS = {"PACES": {"least": 200}}
NAMES = ScriptNames(("facts", "room", "*others"), ("offset", "*users", "run_id"), RECORDS, HASHES, NUMBERS)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("call('GET', KEYS.room)", "call('GET', KEYS[2])"),
        ("ARGV.offset", "ARGV[1]"),
        ("for at = ARG.users, #ARGV do", "for at = 2, #ARGV do"),
        ("for at = KEY.others, #KEYS do", "for at = 3, #KEYS do"),
        ("ARGV.run_id", "ARGV[#ARGV]"),
        ("entry[ENTRY.room]", "entry[3]"),
        ("a[ENTRY.id], b[PAIR.right]", "a[1], b[2]"),
        ("call('HGET', key, ROOM.card)", "call('HGET', key, 'c')"),
        ("wait < -PACES.least", "wait < -200"),
        ("'KEYS.room, ENTRY{}'", "'KEYS.room, ENTRY{}'"),
        ("room.KEYS", "room.KEYS"),
    ],
)
def test_a_name_becomes_a_position(text: str, resolved: str) -> None:
    assert NAMES.resolve(text) == resolved


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("ENTRY{id = a, session = b}", "{a, b}"),
        ("ENTRY{session = b, id = a,}", "{a, b}"),
        ("ENTRY{room = f(x, y), id = {1, 2},\n session = a == b and 'p, q'}", "{{1, 2}, a == b and 'p, q', f(x, y)}"),
        ("PAIR{left = PAIR{right = 2, left = 1}, right = ENTRY{id = '}'}}", "{{1, 2}, {'}'}}"),
        ("f(PAIR{left = 1}, {left = 1})", "f({1}, {left = 1})"),
    ],
)  # fmt: skip
def test_a_record_becomes_a_list_in_the_order_of_its_fields(text: str, resolved: str) -> None:
    assert NAMES.resolve(text) == resolved


@pytest.mark.parametrize(
    "text",
    [
        "KEYS.nothing",
        "ARGV.nothing",
        "entry[ENTRY.nothing]",
        "NOTHING.id",
        "NOTHING{id = 1}",
        "ENTRY{nothing = 1}",
        "ENTRY{id = 1, room = 2}",
        "ENTRY{id = 1, id = 2}",
        "ENTRY{id = 1, 2}",
        "ENTRY{id = 1",
        "ROOM{card = 1}",
        "PACES.nothing",
        "PACES{least = 1}",
    ],
)
def test_what_is_not_declared_is_refused(text: str) -> None:
    with pytest.raises(ScriptWrong):
        NAMES.resolve(text)


def test_a_name_is_declared_once() -> None:
    """Twice, the later position would win, and whoever means the earlier would read something else."""
    with pytest.raises(ScriptWrong, match="offset"):
        ScriptNames((), ("offset", "room", "offset"), {}, {}, {})


@pytest.mark.parametrize(
    ("text", "rest"), [("x -- KEYS.nothing", "x "), ("'--' .. x -- why", "'--' .. x "), ("'it''s' -- a", "'it''s' ")]
)
def test_comments_go_and_strings_stay(text: str, rest: str) -> None:
    assert without_comments(text) == rest


def test_lines_stay_where_they_are_without_comments() -> None:
    assert without_comments("-- uses: time\nlocal a = '--' -- a\n\nreturn a").count("\n") == 3
