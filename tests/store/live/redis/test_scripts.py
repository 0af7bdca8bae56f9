"""The scripts themselves: what they touch is declared, and a server that forgot them gets them again."""

import re
from functools import cache
from importlib.resources import files

import pytest

from liveroom.store.live.redis.lua_modules import read_script
from liveroom.store.live.redis.lua_names import ScriptWrong, without_comments
from liveroom.store.live.redis.schema.numbers import NUMBERS
from liveroom.store.live.redis.schema.scripts import SCRIPTS, USED
from liveroom.store.live.redis.scripts import CallWrong, check_args, check_keys, load, script
from tests.servers import Redis
from tests.store.live.world import World

LUA = files("liveroom.store.live.redis") / "lua"


def names_in(*folder: str) -> list[str]:
    """Return the names of Lua files there, as from the folder of all."""
    entries = [entry.name for entry in LUA.joinpath(*folder).iterdir() if entry.name.endswith(".lua")]
    return sorted("/".join([*folder, name.removesuffix(".lua")]) for name in entries)


NAMES = [name for name in names_in() if name != "prologue"]
USED_BY_THEM = [*names_in("guards"), *names_in("modules")]
FILES = ["prologue", *NAMES, *USED_BY_THEM, *names_in("frames")]
CALL = re.compile(r"(?:redis\.)?\bcall\(\s*'([A-Z]+)'\s*(?:,\s*'SHARDNUMSUB')?(?:,\s*([^,)]+))?")
WRITES = re.compile(r"\bcall\(\s*'(?:SET|DEL|H(?:SET|DEL|INCRBY)|Z(?:ADD|REM)|S(?:ADD|REM)|RPUSH|XADD|XDEL|XTRIM)")
BY_NUMBER = re.compile(r"[\w\])]\[\s*-?\d|\b(?:KEYS|ARGV)\[[^\]]*#")
ANY_TIME = {
    "what is compared with a version, rev or epoch": {
        "close_room", "put_listed", "purge_list", "put_metadata", "put_room", "put_access", "release_room",
        "renew_epoch", "begin_feed", "publish_feed", "put_outside",
    },
    "what ends is over whenever that is heard": {"close_sockets", "end_sessions", "part"},
    "batches that change nothing when they come twice or late": {
        "heartbeats", "log_events", "note_addresses", "renew_subscriptions", "renew_sockets", "strike_likes",
        "take_likes", "trim_journal",
    },
    "looks of the background, each again after a while": {
        "expire_subscriptions", "dirty_rooms", "poll_feed", "orphan", "publish_gathered", "survey_rooms",
        "expire_users", "due_alarms", "take_journal", "snapshot", "recent_feed", "list_ranked", "positions", "recent",
    },
    "claims, and rebuilds under one": {
        "abandon_list", "claim", "claim_comparing", "claim_list", "claim_relays", "finish", "finish_list",
        "forget_room", "forget_talk", "load_gifts", "load_room", "load_users", "open_talk", "release",
    },
}  # fmt: skip


def source(name: str) -> str:
    return without_comments((LUA / f"{name}.lua").read_text())


@cache
def writing_functions() -> frozenset[str]:
    """Return the functions of modules that write, by themselves or through others, such as ``Rooms.journal``."""
    blocks: dict[str, str] = {}
    for name in names_in("modules"):
        module = name.rpartition("/")[2].capitalize()
        for block in re.split(r"^(?=(?:local )?function )", source(name), flags=re.MULTILINE)[1:]:
            own = re.match(r"(?:local )?function ([\w.]+)", block)
            assert own
            blocks[own[1] if "." in own[1] else f"{module}:{own[1]}"] = block
    writing = {name for name, block in blocks.items() if WRITES.search(block)}
    while True:
        more = {name for name, block in blocks.items() if name not in writing and _names_one(block, name, writing)}
        if not more:
            return frozenset(name for name in writing if "." in name)
        writing |= more


def _names_one(block: str, of: str, functions: set[str]) -> bool:
    module = re.split("[.:]", of)[0]
    own = {name.partition(":")[2] for name in functions if name.startswith(f"{module}:")}
    return any(found in functions or found in own for found in re.findall(r"(?<![\w.])\w+(?:\.\w+)?", block))


def does_write(name: str) -> bool:
    """Return whether a script writes, by itself or through a module."""
    text = source(name)
    return bool(WRITES.search(text)) or not writing_functions().isdisjoint(re.findall(r"[A-Z]\w*\.\w+", text))


@pytest.mark.parametrize("name", FILES)
def test_every_key_that_a_script_touches_is_in_keys(name: str) -> None:
    text = source(name)
    touched = [key for command, key in CALL.findall(text) if command != "TIME"]
    assert [key for key in touched if not re.match(r"KEYS[.\[]", key)] == []
    assert len(re.findall(r"\bcall\(", text)) == len(CALL.findall(text))


def test_no_script_reads_anything_by_a_number() -> None:
    """There were 1,660 numeric subscripts once: ``mine[6], mine[7], mine[8] = nil``."""
    assert [name for name in FILES if BY_NUMBER.search(source(name))] == []


def test_every_script_is_declared_and_nothing_else() -> None:
    assert sorted(SCRIPTS) == NAMES
    used = {use for name in NAMES for use in read_script(name)[1]}
    assert used == {name.rpartition("/")[2] for name in USED_BY_THEM}
    assert set(USED) <= used


@pytest.mark.parametrize("name", NAMES)
def test_a_script_has_no_names_left_when_it_is_loaded(name: str) -> None:
    assert re.findall(r"\b[A-Z]\w*[.{]", script(name).text.decode()) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_script_uses_every_argument_that_it_is_given(name: str) -> None:
    used = set(re.findall(r"\bARGV?\.(\w+)", source(name)))
    declared = {argument.removeprefix("*") for argument in SCRIPTS[name].args}
    assert declared - used == set()


def test_every_number_of_the_domain_that_is_declared_is_used() -> None:
    texts = "".join(source(name) for name in FILES)
    named = [f"{kind}.{name}" for kind, numbers in NUMBERS.items() for name in numbers]
    assert [name for name in named if not re.search(rf"\b{re.escape(name)}\b", texts)] == []


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("user", "name"), "rename: ARGV has no avatar"),
        (("user", "name", "avatar", "age"), "rename: never reads age"),
        (("user", "name", "avatar", "name"), "each once"),
        (("user", "name", "avatar", "clock_ahead"), "each once"),
        (("user name avatar",), "have to be names"),
        (("user", "*name", "*avatar"), "more than one"),
    ],
)
def test_arguments_that_a_script_does_not_agree_with_are_refused_when_it_is_loaded(
    args: tuple[str, ...], why: str
) -> None:
    with pytest.raises(ScriptWrong, match=why):
        load("rename", SCRIPTS["rename"]._replace(args=args))


def test_keys_that_a_script_does_not_agree_with_are_refused_when_it_is_loaded() -> None:
    declared = SCRIPTS["put_profile"]
    with pytest.raises(ScriptWrong, match="put_profile: KEYS has no facts"):
        load("put_profile", declared._replace(keys=declared.keys[1:]))


def test_what_a_module_writes_counts() -> None:
    assert "Rooms.journal" in writing_functions()
    assert "Users.lease_of" not in writing_functions()


@pytest.mark.parametrize("name", NAMES)
def test_a_script_that_writes_is_told_until_when_it_is_waited_for_unless_it_may_come_at_any_time(name: str) -> None:
    what = script(name)
    exempt = any(name in names for names in ANY_TIME.values())
    assert what.awaited or exempt or not does_write(name), name
    assert not (what.awaited and exempt), name


def test_a_call_with_another_number_of_keys_or_arguments_than_declared_is_refused() -> None:
    what = script("take_entry")
    check_keys(what, 6)
    check_args(what, 12)
    for wrong in (5, 7):
        with pytest.raises(CallWrong, match="take_entry takes 6 keys"):
            check_keys(what, wrong)
    for wrong in (11, 13):
        with pytest.raises(CallWrong, match="take_entry takes 12 arguments"):
            check_args(what, wrong)


def test_a_script_that_takes_a_list_is_given_at_least_the_rest() -> None:
    what = script("renew_subscriptions")
    check_args(what, 2)
    check_args(what, 1000)
    with pytest.raises(CallWrong):
        check_args(what, 1)


@pytest.mark.services
@pytest.mark.parametrize("name", NAMES)
def test_a_server_takes_every_script(redis_server: Redis, name: str) -> None:
    what = script(name)
    assert redis_server.command("SCRIPT", "LOAD", what.text.decode()) == what.digest.decode()


@pytest.mark.services
async def test_a_server_that_has_forgotten_the_scripts_gets_them_again(world: World, redis_server: Redis) -> None:
    await world.go_live()
    redis_server.command("SCRIPT", "FLUSH")
    await world.enter("bob")
    assert await world.names() == ["ann", "bob"]
