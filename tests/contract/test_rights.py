"""What a declaration says that a call takes is what it takes: the rank below is refused, the least rank is not."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from liveroom.api.codes import Code
from liveroom.api.declare import BASE, Method
from liveroom.api.methods import METHODS
from liveroom.domain.rooms.permissions import LEAST, Rank, Right
from liveroom.http.permissions import MODULES, permissions_markdown, who_may
from tests.contract.conftest import EMBEDDED
from tests.contract.scene import Stage, set_stage
from tests.contract.shows import (
    TURNS,
    Make,
    guests_message,
    newcomer,
    sit,
    to_seated_guest,
    waiting_application,
    within,
)
from tests.contract.stages import name_of
from tests.service import Device, Service

_CALLS: Final[Mapping[tuple[str, Right], Make]] = {
    ("streams/create", Right.STREAM): within(),
    ("recordings/start", Right.RECORD): within(),
    ("rooms/update_room", Right.CONFIGURE): within(title="新标题"),
    ("rooms/destroy_room", Right.CONFIGURE): within(),
    ("rooms/set_options", Right.CONFIGURE): within(access="private"),
    ("rooms/set_options", Right.ARRANGE): within(slowMode="5", muted="false"),
    ("seats/take", Right.SEAT): within(seat="2"),
    ("seats/refuse", Right.SEAT): waiting_application,
    ("seats/move", Right.SEAT): to_seated_guest(seat="3"),
    ("seats/mute", Right.SEAT): to_seated_guest(audio="true"),
    ("messages/send", Right.SPEAK_UP): within(text="看这里", priority="high"),
    ("messages/recall", Right.RECALL): guests_message,
}
"""Calls that take a right, of methods whose usual call takes none or another."""
_OTHERWISE: Final = {"seats/take": Code.SeatModeInvalid}
"""What is answered in place of 3000."""


def _taking() -> Iterator[Any]:
    """Yield each method with each right that it takes for a call."""
    for method in METHODS.methods.values():
        rights = [method.right, *(need.right for need in method.sometimes)]
        for right in filter(None, rights):
            yield pytest.param(method, right, id=f"{method.path.removeprefix(BASE)} {right}")


async def somebody(stage: Stage, rank: Rank) -> Device:
    """Return a member of that rank."""
    if rank is Rank.OWNER:
        return stage.host
    device = await newcomer(stage)
    if rank in (Rank.MODERATOR, Rank.ANCHOR):
        given = {"roomId": stage.room, "targetId": device.user, "role": rank.name.lower()}
        assert (await stage.host.call("rooms/set_role", given)).code == Code.Success
    assert (await device.enter(stage.room, "anchor" if rank is Rank.ANCHOR else "")).code == Code.Success
    if rank is Rank.SPEAKER:
        await sit(stage, device)
    return device


def _make(method: Method, right: Right) -> Make:
    name = method.path.removeprefix(BASE)
    return _CALLS[name, right] if (name, right) in _CALLS else TURNS[name].make


@pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
@pytest.mark.parametrize(("method", "right"), [*_taking()])
async def test_the_rank_below_is_refused_and_the_least_rank_may(method: Method, right: Right, service: Service) -> None:
    stage = await set_stage(service)
    lowest, below, least = Rank.AUDIENCE, Rank(LEAST[right] - 1), LEAST[right]
    *lower, able = [await somebody(stage, rank) for rank in (lowest, below, least)]
    params = await _make(method, right)(stage, able)
    refused = _OTHERWISE.get(method.path.removeprefix(BASE), Code.PermissionDenied)
    for device in lower:
        assert (await device.call(name_of(method), params)).code == refused
    answer = await able.call(name_of(method), params)
    assert answer.code == Code.Success, answer.text


async def _about_no_room(stage: Stage, path: str) -> dict[str, Any]:
    """Return parameters of a call that is about the whole tenant."""
    if path.endswith("resolve"):
        filed = await stage.guest.call("moderation/report", {"targetId": stage.host.user, "reason": "spam"})
        return {"reportId": filed.data["reportId"]}
    if path.endswith("uploads/create"):
        return {"purpose": "gift_icon", "contentType": "image/png", "size": 9}
    return {"targetId": stage.guest.user} if path.endswith("ban") else {}


@pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
@pytest.mark.parametrize(
    "method",
    [method for method in METHODS.methods.values() if None in (need.right for need in method.sometimes)],
    ids=lambda method: method.path.removeprefix(BASE),
)
async def test_what_is_about_the_whole_tenant_is_for_its_admins(method: Method, service: Service) -> None:
    stage = await set_stage(service)
    admin, stranger = await service.sign_up(), await service.sign_up()
    await service.name_admin(admin)
    params = await _about_no_room(stage, method.path)
    for device in (stage.host, stranger):
        assert (await device.call(name_of(method), params)).code == Code.PermissionDenied
    answer = await admin.call(name_of(method), params)
    assert answer.code == Code.Success, answer.text


@pytest.mark.parametrize("right", Right)
def test_every_right_is_some_methods(right: Right) -> None:
    assert right in {param.values[1] for param in _taking()}


def test_a_method_that_answers_3000_for_want_of_a_right_says_which() -> None:
    silent = {
        method.path.removeprefix(BASE)
        for method in METHODS.methods.values()
        if method.module in MODULES and Code.PermissionDenied in method.codes
        if method.right is None and not method.sometimes
    }
    assert silent == {"rooms/enter_room", "rooms/options", "seats/accept", "seats/cancel"}, (
        "these are about whose the room or request is"
    )


def test_the_page_lists_every_method_of_rooms_and_who_may_call_it() -> None:
    lines = permissions_markdown(METHODS).splitlines()
    for method in METHODS.methods.values():
        if method.module in MODULES and method.is_offered:
            (line,) = [line for line in lines if line.startswith(f"| [`{method.path.removeprefix(BASE)}`]")]
            assert line.endswith(f" | {who_may(method)} |")
