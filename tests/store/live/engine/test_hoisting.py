"""A script whose functions are made once does, each time that it runs, what its text says."""

from typing import Any

import pytest

from liveroom.store.live.engine.engine import EmbeddedEngine
from liveroom.store.live.engine.hoisting import hoisted
from liveroom.store.live.redis.schema.scripts import SCRIPTS
from liveroom.store.live.redis.scripts import script

NOW = 1_764_395_123_456_789


@pytest.fixture(params=["lua51", "luajit21"])
def engine(request: pytest.FixtureRequest) -> EmbeddedEngine:
    """Return an engine with nothing in it, on either Lua that may be installed."""
    return EmbeddedEngine(lambda: NOW, pytest.importorskip(f"lupa.{request.param}"))


def runs(engine: EmbeddedEngine, text: str, *calls: tuple[bytes, ...]) -> list[Any]:
    """Return what a script answers to calls with these arguments, as it stands and hoisted alike."""
    keys = engine.declare(b"key")
    plain, once = engine.compile(text.encode()), engine.compile_hoisted(hoisted(text), "script")
    answers = [engine.run(plain, keys, args) for args in calls]
    engine.command("DEL", [b"key"])
    assert [engine.run(once, keys, args) for args in calls] == answers
    return answers


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_can_be_hoisted(engine: EmbeddedEngine, name: str) -> None:
    engine.compile_hoisted(hoisted(script(name).text.decode()), name)


def test_each_run_begins_with_what_its_statements_set(engine: EmbeddedEngine) -> None:
    text = """
local call = redis.call
local seen = {}
local last
local function note(word)
  seen[#seen + 1], last = word, last or word
end
note(ARGV[1])
note(ARGV[2])
return {#seen, last}
"""
    assert runs(engine, text, (b"a", b"b"), (b"c", b"d")) == [[2, b"a"], [2, b"c"]]


def test_modules_keep_what_is_theirs(engine: EmbeddedEngine) -> None:
    text = """
local call, pack, unpack_ = redis.call, cmsgpack.pack, cmsgpack.unpack
local One_add, One_sum
do
local MOST = 3
local sum = 0
local function held(number)
  return math.min(number, MOST)
end
function One_add(number)
  sum = sum + held(number)
end
function One_sum()
  return sum
end
end
local Two_add
do
local sum = 100
function Two_add(number)
  sum = sum + number
  return sum
end
end
local sum = 7
One_add(tonumber(ARGV[1]))
return {One_sum(), Two_add(1), sum}
"""
    assert runs(engine, text, (b"2",), (b"9",)) == [[2, 101, 7], [3, 101, 7]]


def test_a_guard_ends_a_script_before_the_rest_is_set(engine: EmbeddedEngine) -> None:
    text = """
local call = redis.call
local NOW
do
  local seconds, microseconds = unpack(call('TIME'))
  NOW = seconds * 1000 + math.floor(microseconds / 1000)
end
if ARGV[1] == 'no' then
  return redis.error_reply('LATE command')
elseif ARGV[1] == 'never' then
  return false
end
local known, other = unpack(call('HMGET', KEYS[1], 'a', ARGV[1]))
local function keep()
  if call(
    'HSET', KEYS[1], 'a', NOW
  ) == 1 then
    return 'new'
  end
  return known
end
for _, word in ipairs({
  'one', 'two'
}) do
  other = word
end
return {keep(), other}
"""
    assert runs(engine, text, (b"never",), (b"yes",), (b"yes",)) == [
        None,
        [b"new", b"two"],
        [str(NOW // 1000).encode(), b"two"],
    ]


def test_a_variable_that_functions_see_is_declared_once() -> None:
    text = "local a = 1\nlocal function first()\n  return a\nend\nlocal a = 2\nlocal function second()\n  return a\nend"
    with pytest.raises(ValueError, match="declared twice"):
        hoisted(text)
