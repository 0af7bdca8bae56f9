"""The scripts themselves: what they touch is in KEYS, and a server that forgot them gets them again."""

import re
from importlib.resources import files

import pytest

from liveroom.store.live.redis.scripts import script
from tests.servers import Redis
from tests.store.live.world import World

LUA = files("liveroom.store.live.redis") / "lua"
NAMES = sorted(entry.name.removesuffix(".lua") for entry in LUA.iterdir() if entry.name.endswith(".lua"))
CALL = re.compile(r"(?:redis\.)?\bcall\(\s*'([A-Z]+)'\s*(?:,\s*'SHARDNUMSUB')?(?:,\s*([^,)]+))?")


@pytest.mark.parametrize("name", NAMES)
def test_every_key_that_a_script_touches_is_in_keys(name: str) -> None:
    text = (LUA / f"{name}.lua").read_text()
    touched = [key for command, key in CALL.findall(text) if command != "TIME"]
    assert [key for key in touched if not key.startswith("KEYS[")] == []
    assert len(re.findall(r"\bcall\(", text)) == len(CALL.findall(text))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("prelude_")])
def test_a_script_is_loaded_with_the_preludes_that_it_names(name: str) -> None:
    text = script(name).text.decode()
    assert "-- uses:" not in text.removesuffix((LUA / f"{name}.lua").read_text())
    assert text.endswith((LUA / f"{name}.lua").read_text())


WRITES = re.compile(r"\bcall\(\s*'(?:SET|DEL|H(?:SET|DEL|INCRBY)|Z(?:ADD|REM)|S(?:ADD|REM)|RPUSH|XADD|XDEL|XTRIM)")
ANY_TIME = {
    "what is compared with a version, rev or epoch": {
        "close_room", "put_listed", "purge_list", "put_metadata", "put_room", "put_standing", "release_room",
        "renew_epoch", "begin_feed", "publish_feed", "hear_outside",
    },
    "what ends is over whenever that is heard": {"close_sockets", "end_sessions", "part"},
    "batches that change nothing when they come twice or late": {
        "beats", "log_events", "note_addresses", "renew_seats", "renew_sockets", "strike_likes", "take_likes",
        "trim_journal",
    },
    "looks of the background, each again after a while": {
        "desert", "dirty_rooms", "hear_feed", "orphan", "publish_gathered", "survey_rooms", "sweep_users",
        "due_alarms", "take_journal", "snapshot", "recent_feed",
        "list_joined", "positions", "recent",
    },
    "claims, and rebuilds under one": {
        "abandon_list", "claim", "claim_comparing", "claim_list", "claim_relays", "finish", "finish_list",
        "forget_room", "forget_talk",
        "load_room", "load_users", "open_talk", "release",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("prelude_")])
def test_a_script_that_writes_is_told_until_when_it_is_waited_for_unless_it_may_come_at_any_time(name: str) -> None:
    what = script(name)
    exempt = any(name in names for names in ANY_TIME.values())
    assert what.awaited or exempt or not WRITES.search((LUA / f"{name}.lua").read_text()), name
    assert not (what.awaited and exempt), name


@pytest.mark.services
async def test_a_server_that_has_forgotten_the_scripts_gets_them_again(world: World, redis_server: Redis) -> None:
    await world.go_live()
    redis_server.command("SCRIPT", "FLUSH")
    await world.enter("bob")
    assert await world.names() == ["ann", "bob"]
