"""Arguments of scripts have names: none is given in another's place."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from liveroom.domain.ids import UserId
from liveroom.store.live import redis
from liveroom.store.live.redis.lua_names import ScriptWrong
from liveroom.store.live.redis.schema.arguments import (
    activities,
    battles,
    buckets,
    channels,
    gifts,
    lists,
    rooms,
    talk,
    users,
)
from liveroom.store.live.redis.schema.scripts import SCRIPTS, names_of

FIELDS: dict[str, tuple[str, ...]] = {
    name: kind._fields
    for module in (activities, battles, buckets, channels, gifts, lists, rooms, talk, users)
    for name, kind in vars(module).items()
    if hasattr(kind, "_fields")
}
CALLERS = {
    path.stem: list(ast.walk(ast.parse(path.read_text())))
    for path in Path(redis.__path__[0]).glob("*.py")
}  # fmt: skip


def given_in(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.Call]]:
    """Yield what a file makes of the declared arguments."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FIELDS:
            yield node.func.id, node


@pytest.mark.parametrize("caller", sorted(CALLERS))
def test_arguments_are_given_by_name_and_in_their_order(caller: str) -> None:
    for name, call in given_in(CALLERS[caller]):
        assert call.args == [], name
        assert tuple(word.arg for word in call.keywords) == FIELDS[name]


@pytest.mark.parametrize("name", sorted(name for name, declared in SCRIPTS.items() if len(declared.args) > 1))
def test_whoever_calls_a_script_of_two_or_more_arguments_names_them(name: str) -> None:
    own = tuple(arg for arg in SCRIPTS[name].args if not arg.startswith("*"))
    callers = [
        nodes
        for nodes in CALLERS.values()
        if any(isinstance(node, ast.Constant) and node.value == name for call in _calls(nodes) for node in call.args)
    ]
    assert callers
    for nodes in callers:
        assert own in {FIELDS[given] for given, _ in given_in(nodes)}


def _calls(nodes: list[ast.AST]) -> list[ast.Call]:
    return [node for node in nodes if isinstance(node, ast.Call)]


class Mistyped(NamedTuple):
    """What no command takes stands among the arguments."""

    user: UserId
    since: int | str
    sessions: list[bytes]


class Flagged(NamedTuple):
    """A flag goes as 0 or 1."""

    admin: bool


@pytest.mark.parametrize(("args", "which"), [(Mistyped, "Mistyped.sessions"), (Flagged, "Flagged.admin")])
def test_what_is_no_word_of_a_command_is_refused_when_it_is_declared(args: type[NamedTuple], which: str) -> None:
    with pytest.raises(ScriptWrong, match=which):
        names_of(args)
