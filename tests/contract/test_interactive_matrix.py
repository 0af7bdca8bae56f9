"""Every method of interactive rooms: who may, who may not, bad input, twice, two at once, after the room has closed.

What each is answered then stands in `shows.TURNS`; here it is walked through. Any answer has a code that the method's
declaration names, which is never a failure of ours.
"""

import asyncio
import io
from collections.abc import Mapping
from typing import Any, Final

import pytest

from liveroom.api.codes import Code
from liveroom.api.declare import BASE, Method
from liveroom.api.methods import METHODS
from liveroom.api.parameters import Field
from liveroom.http.described import describe
from tests.contract.conftest import EMBEDDED
from tests.contract.hostile import ODD_VALUES
from tests.contract.scene import Stage, set_stage
from tests.contract.shows import INTERACTIVE, TURNS, newcomer, turn_of
from tests.contract.stages import name_of
from tests.service import Answer, Device, Form, Service

_DOCUMENTED: Final[Mapping[str, frozenset[int]]] = {
    item.method.path: frozenset({Code.Success, *item.codes}) for item in describe(METHODS)
}
_METHODS: Final = pytest.mark.parametrize("method", INTERACTIVE, ids=lambda method: method.path.removeprefix(BASE))
# On servers each method is tested with its feature; here it is that none is missing.
_STORES: Final = pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
_LISTS: Final = ("mentions", "roomIds", "choices", "targets")
"""Parameters that are lists of ids, or of numbers."""
_NOT_THERE: Final = {"battles/start": Code.ConsentRequired, "activities/vote": Code.ActivityRefuses}
_UNREADABLE: Final[tuple[Any, ...]] = ({"roomId": 1}, [1], [["1"]], "nul\x00", "x" * 20_000)
"""What no parameter is, but an object where one is meant."""


async def call(device: Device, method: Method, params: Mapping[str, Any]) -> Answer:
    """Call a method, and see that the answer is one that it may have."""
    answer = await device.call(name_of(method), params)
    assert answer.status == 200
    assert answer.code not in (Code.UserTokenExpired, Code.UserTokenInvalid), "that would sign the client out"
    assert answer.code in _DOCUMENTED[method.path], (params, answer.text)
    return answer


async def set_for(method: Method, service: Service) -> tuple[Stage, Device, dict[str, Any]]:
    """Return a fresh stage, whoever calls the method usually, and with what."""
    stage, turn = await set_stage(service), turn_of(method)
    caller = stage.host if turn.by == "host" else stage.guest
    return stage, caller, await turn.make(stage, caller)


def test_every_declared_method_has_its_turn_and_no_other_has() -> None:
    assert {method.path.removeprefix(BASE) for method in INTERACTIVE} == set(TURNS)


@_STORES
@_METHODS
async def test_only_whoever_may_is_answered_and_once_more_as_declared(method: Method, service: Service) -> None:
    turn = turn_of(method)
    stage, caller, params = await set_for(method, service)
    anonymous = await service.call(name_of(method), params)
    assert anonymous.code == method.bad_request, "no token"
    other_user = Code.UserTokenInvalid if method.is_original else Code.SystemVerifyError
    for device, token, code in (
        (caller, "rubbish", Code.UserTokenInvalid),
        (await newcomer(stage), caller.token, other_user),
    ):
        borrowed = {**params, "userId": device.user, "token": token}
        assert (await service.call(name_of(method), borrowed)).code == code
    if turn.others:
        other = stage.guest if turn.others == "guest" else await newcomer(stage)
        for _ in range(2):
            assert (await call(other, method, params)).code == turn.refused
    assert (await call(caller, method, params)).code == Code.Success, "as if nobody else had tried"
    assert (await call(caller, method, params)).code == turn.twice


@_STORES
@_METHODS
async def test_two_such_calls_at_once_are_as_if_one_had_come_after_the_other(method: Method, service: Service) -> None:
    _, caller, params = await set_for(method, service)
    answers = await asyncio.gather(*(call(caller, method, params) for _ in range(2)))
    assert sorted(answer.code for answer in answers) == [Code.Success, turn_of(method).twice]


@_STORES
@_METHODS
async def test_after_the_room_has_closed(method: Method, service: Service) -> None:
    stage, caller, params = await set_for(method, service)
    assert (await stage.host.call("rooms/destroy_room", {"roomId": stage.room})).code == Code.Success
    assert (await call(caller, method, params)).code == turn_of(method).closed
    again = await stage.host.go_live()
    assert again == stage.room
    assert (await stage.host.detail(again)).data["nnUsers"] == 1, "nothing of it is left in the next broadcast"


@_STORES
@_METHODS
async def test_what_no_parameter_is_has_the_methods_own_code_and_odd_values_a_declared_one(
    method: Method, service: Service, written_log: io.StringIO
) -> None:
    stage, caller, params = await set_for(method, service)
    for field in method.fields:
        await check_unreadable(caller, method, params, field)
    assert (await call(caller, method, params)).code == Code.Success, "none of it was half done"
    for field in method.fields:
        await asyncio.gather(*(call(caller, method, {**params, field.wire: value}) for value in ODD_VALUES))
    assert (await stage.guest.call("auth_users/user_keepalive")).code == Code.Success
    assert [word for word in (caller.token, "Traceback", "call.failed") if word in written_log.getvalue()] == []


async def check_unreadable(caller: Device, method: Method, params: Mapping[str, Any], field: Field) -> None:
    """See that the method's own code answers what this parameter cannot be: of another kind, twice, or missing."""
    for value in _UNREADABLE:
        is_object, is_list = isinstance(value, dict), field.wire in _LISTS and value == [1]
        if not ((is_object and field.wire in ("data", "metadata")) or is_list):
            answer = await call(caller, method, {**params, field.wire: value})
            assert answer.code == method.bad_request, (field.wire, value, answer.text)
    second = "7001" if field.wire == "options" else "7002"
    twice = await caller.call(name_of(method), {**params, field.wire: ["7001", second]}, Form.FORM)
    # Two rooms or options that there are not: said of each, or nothing can be begun or chosen. One option is too few.
    readable = _NOT_THERE.get(method.path.removeprefix(BASE), Code.Success)
    assert twice.code == (readable if field.wire in _LISTS else method.bad_request), twice.text
    if field.required:
        given = {name: value for name, value in params.items() if name != field.wire}
        assert (await call(caller, method, given)).code == method.bad_request, field.wire
