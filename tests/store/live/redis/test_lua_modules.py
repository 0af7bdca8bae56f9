"""Modules of scripts: what they offer has their name before it; what a script does not use, it cannot call."""

import pytest

from liveroom.store.live.redis.lua_modules import assemble
from liveroom.store.live.redis.lua_names import ScriptWrong

USES = ("time", "bucket", "users")


def test_what_a_module_offers_becomes_a_local_of_the_script() -> None:
    text = assemble("return Users.read(ARGV.user), 'Users.nothing' -- Users.nothing", USES)
    assert text.endswith("return Users_read(ARGV.user), 'Users.nothing' ")
    assert "function Users_read(user)" in text
    head, _, _ = text.partition("function Users_read(user)")
    assert "Users_read" in head.partition("local Users_")[2].partition("\ndo\n")[0]


def test_guards_and_modules_stand_before_the_script_in_the_order_in_which_it_names_them() -> None:
    text = assemble("return 1", USES)
    entries = [text.index(word) for word in ("local call", "NOW =", "LOST bucket", "function Users_read", "return 1")]
    assert entries == sorted(entries)


@pytest.mark.parametrize("body", ["Users.nothing()", "Rooms.read()", "Nothing.at_all()", "Users.on_wheel[1] = ''"])
def test_what_is_not_there_is_refused(body: str) -> None:
    with pytest.raises(ScriptWrong, match="uses time, bucket, users"):
        assemble(body, USES)


def test_a_module_needs_the_modules_that_it_calls() -> None:
    with pytest.raises(ScriptWrong, match="Rooms"):
        assemble("return 1", ("time", "bucket", "events"))
