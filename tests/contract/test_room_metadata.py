"""Metadata of rooms over HTTP: read by members, written by hosts who know its version, and of two at once by one."""

import asyncio
import json
from typing import Any

import pytest

from tests.contract.conftest import CLUSTER, EMBEDDED, SERVICES
from tests.service import Answer, Device, Form, Service

pytestmark = pytest.mark.parametrize("backend", [EMBEDDED, SERVICES, CLUSTER], indirect=True, scope="module")

EMPTY: dict[str, Any] = {"version": 0, "metadata": {}}


async def _show(service: Service) -> tuple[Device, Device, str]:
    """Return a host who is live, a guest in the room, and the room."""
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    return host, guest, room


async def _get(device: Device, room: str) -> dict[str, Any]:
    return dict((await device.call("rooms/metadata", {"roomId": room})).data)


async def _set(device: Device, room: str, metadata: Any, version: int, form: Form = Form.JSON) -> Answer:
    return await device.call("rooms/set_metadata", {"roomId": room, "metadata": metadata, "version": version}, form)


async def test_a_broadcast_begins_with_an_empty_object_and_everybody_reads_what_is_written(service: Service) -> None:
    host, guest, room = await _show(service)
    assert await _get(host, room) == await _get(guest, room) == EMPTY
    value = {"song": {"name": "老歌 😀", "at": 1.5}, "queue": [1, None, True], "": ""}
    first = (await _set(host, room, value, 0)).data
    assert first["metadata"] == value
    assert first["version"] > 0
    assert await _get(guest, room) == first
    second = (await _set(host, room, {}, first["version"])).data
    assert second == {"version": second["version"], "metadata": {}}
    assert second["version"] > first["version"]
    assert await _get(guest, room) == second


@pytest.mark.parametrize("form", Form)
async def test_the_object_comes_in_any_encoding(form: Form, service: Service) -> None:
    host, guest, room = await _show(service)
    value = {"text": 'a "quoted" \u2028 \x00 text', "n": [1e-7, -0.5]}
    given = value if form is Form.JSON else json.dumps(value)
    assert (await _set(host, room, given, 0, form)).data["metadata"] == value
    assert (await _get(guest, room))["metadata"] == value


async def test_a_stale_write_changes_nothing_and_is_given_what_holds(service: Service) -> None:
    host, guest, room = await _show(service)
    first = (await _set(host, room, {"n": 1}, 0)).data
    for version in (0, first["version"] - 1, first["version"] + 1, 2**53 - 1):
        stale = await _set(host, room, {"n": 2}, version)
        assert (stale.code, stale.body["data"]) == (3009, first)
    assert await _get(guest, room) == first
    assert (await _set(host, room, {"n": 2}, first["version"])).code == 0
    again = await _set(host, room, {"n": 2}, first["version"])
    assert (again.code, again.body["data"]["metadata"]) == (3009, {"n": 2}), "twice is once"


async def test_of_many_who_write_at_once_one_does(service: Service) -> None:
    host, guest, room = await _show(service)
    answers = await asyncio.gather(*(_set(host, room, {"n": number}, 0) for number in range(10)))
    assert sorted(answer.code for answer in answers) == [0] + [3009] * 9
    (won,) = [answer.data for answer in answers if answer.code == 0]
    assert await _get(guest, room) == won
    assert all(answer.body["data"] == won for answer in answers if answer.code == 3009)


async def test_owners_moderators_and_admins_write_and_members_read(service: Service) -> None:
    host, guest, room = await _show(service)
    moderator, admin, stranger = [await service.sign_up() for _ in range(3)]
    await service.name_admin(admin)
    await host.call("rooms/set_role", {"roomId": room, "targetId": moderator.user, "role": "moderator"})
    version = 0
    for device in (host, moderator, admin):
        version = (await _set(device, room, {"by": device.user}, version)).data["version"]
    for device in (guest, stranger):
        refused = await _set(device, room, {"by": device.user}, version)
        assert (refused.code, refused.body["data"]) == (3000, {})
    for device in (stranger, moderator, admin):
        assert (await device.call("rooms/metadata", {"roomId": room})).code == 3007
    assert (await _get(guest, room))["metadata"] == {"by": admin.user}


@pytest.mark.parametrize(
    "wrong",
    [
        {"metadata": "text"},
        {"metadata": [1]},
        {"metadata": 7},
        {"metadata": ""},
        {"metadata": {"a": "x" * (16 * 1024)}},
        {"version": -1},
        {"version": 2**53},
        {"version": "new"},
        {"version": ""},
        {"roomId": ""},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
async def test_what_is_no_metadata_is_refused(wrong: dict[str, Any], service: Service) -> None:
    host, guest, room = await _show(service)
    given = {"roomId": room, "metadata": {"a": 1}, "version": 0, **wrong}
    assert (await host.call("rooms/set_metadata", given)).code == 2000
    assert await _get(guest, room) == EMPTY
    assert (await host.call("rooms/metadata", {})).code == 2002


async def test_sixteen_kilobytes_are_kept_whole(service: Service) -> None:
    host, guest, room = await _show(service)
    value = {"a": "x" * (16 * 1024 - 8)}
    assert (await _set(host, room, value, 0)).code == 0
    assert (await _get(guest, room))["metadata"] == value


async def test_a_closed_room_has_none_and_the_next_broadcast_begins_anew_with_other_versions(service: Service) -> None:
    host, guest, room = await _show(service)
    old = (await _set(host, room, {"of": "the first"}, 0)).data
    await host.call("rooms/destroy_room", {"roomId": room})
    assert (await guest.call("rooms/metadata", {"roomId": room})).code == 2004
    assert (await _set(host, room, {"n": 1}, old["version"])).code == 2004
    await host.go_live()
    fresh = await _get(host, room)
    assert fresh["metadata"] == {}
    assert fresh["version"] > old["version"]
    stale = await _set(host, room, {"n": 1}, old["version"])
    assert (stale.code, stale.body["data"]) == (3009, fresh), "read in the broadcast before"
    assert (await _set(host, room, {"n": 1}, fresh["version"])).data["version"] > fresh["version"]


async def test_a_room_of_another_tenant_is_not_there(service: Service) -> None:
    await service.make_tenant("metadata")
    _, _, room = await _show(service)
    foreign = await service.sign_up(app="metadata")
    await service.name_admin(foreign)
    assert (await foreign.call("rooms/metadata", {"roomId": room})).code == 2004
    assert (await _set(foreign, room, {}, 0)).code == 2004
    assert (await foreign.call("rooms/metadata", {"roomId": "2147480000"})).code == 2004


async def test_a_host_who_writes_without_end_is_slowed_down(service: Service) -> None:
    host, _, room = await _show(service)
    codes = [(await _set(host, room, {}, 1)).code for _ in range(51)]
    assert codes == [3009] * 50 + [3004]
    service.clock.advance(11)
    assert (await _set(host, room, {}, 0)).code == 0
