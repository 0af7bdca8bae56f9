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


@pytest.mark.services
async def test_a_server_that_has_forgotten_the_scripts_gets_them_again(world: World, redis_server: Redis) -> None:
    await world.go_live()
    redis_server.command("SCRIPT", "FLUSH")
    await world.enter("bob")
    assert await world.names() == ["ann", "bob"]
