"""The examples of docs/socket.md in Kotlin and Go: compiled with their SDKs, and run against a service."""

from pathlib import Path
from typing import Final

import pytest

from tests.docs.socket_programs import EXAMPLES, Evening, follow_the_room
from tests.platforms.tools import build_go, compile_kotlin, java

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_KOTLIN: Final = """
import org.json.JSONArray
import org.json.JSONObject

fun main(args: Array<String>) {
    val (token, roomId, address) = args
    lateinit var room: Room
    room = Room { println(JSONObject(mapOf("room" to room.room, "members" to JSONArray(room.members.values)))) }
    watch(address, token, roomId, room)
}
"""
_GO: Final = """
package main

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
)

func main() {
	room, out := &Room{}, json.NewEncoder(os.Stdout)
	tell := func() {
		out.Encode(object{"room": room.Room, "members": slices.Collect(maps.Values(room.Members))})
	}
	if err := watch(os.Args[3], os.Args[1], os.Args[2], room, tell); err != nil {
		panic(err)
	}
	select {}
}
"""


async def test_a_room_in_kotlin_is_what_it_is_on_the_server(evening: Evening, tmp_path: Path) -> None:
    sources, classes = tmp_path / "kotlin", tmp_path / "classes"
    sources.mkdir()
    (sources / "Room.kt").write_text(EXAMPLES["Room.kt"], "utf-8")
    (sources / "Main.kt").write_text(_KOTLIN, "utf-8")
    compile_kotlin(sources, classes)
    async with evening.started(*java(classes, "MainKt")) as program:
        await follow_the_room(evening, program)


async def test_a_room_in_go_is_what_it_is_on_the_server(evening: Evening, tmp_path: Path) -> None:
    built = build_go({"room.go": EXAMPLES["room.go"], "main.go": _GO}, tmp_path / "go")
    async with evening.started(str(built)) as program:
        await follow_the_room(evening, program)
