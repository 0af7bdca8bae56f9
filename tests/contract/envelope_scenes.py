"""Red envelopes on a stage, calls about them that are refused, and a part of the evening: a part of ``stages``."""

import itertools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from liveroom.api.codes import Code
from liveroom.domain.envelopes.model import RUNNING_MAX
from tests.contract.evening import Evening
from tests.contract.money_scenes import bought
from tests.contract.scene import ADMIN, Params, Scene, Scenes, Stage, set_stage
from tests.service import Answer, Service

_ENVELOPES: Final = "base/v1/envelopes/"
_numbers = itertools.count(1)


def terms(stage: Stage, **params: Any) -> dict[str, Any]:
    """Return with what an envelope of ten coins in two parts is sent, with a fresh key."""
    return {"roomId": stage.room, "coins": "10", "parts": "2", "key": f"envelope-{next(_numbers)}", **params}


async def filled(stage: Stage, **params: Any) -> str:
    """Have the guest send an envelope into the host's room; return its id."""
    await bought(stage)
    return str((await stage.guest.call("envelopes/send", terms(stage, split="equal", **params))).data["envelopeId"])


async def _send(stage: Stage) -> Scene:
    await bought(stage)
    more = {"split": "equal", "audience": "present", "opensIn": "0", "lasts": "60"}
    return Scene(stage.guest, terms(stage, **more))


async def _grab(stage: Stage) -> Scene:
    return Scene(stage.host, {"envelopeId": await filled(stage)})


async def _list(stage: Stage) -> Scene:
    await filled(stage)
    return Scene(stage.guest, {"roomId": stage.room, "limit": "5", "cursor": ""})


async def _get(stage: Stage) -> Scene:
    id = await filled(stage)
    await stage.host.call("envelopes/grab", {"envelopeId": id})
    return Scene(stage.guest, {"envelopeId": id})


async def _send_as_operator(stage: Stage) -> Params:
    return terms(stage, reason="opening night", split="random", audience="everyone", opensIn="5", lasts="60")


async def _cancel(stage: Stage) -> Params:
    return {"envelopeId": await filled(stage), "reason": "sent to the wrong room"}


async def _get_as_operator(stage: Stage) -> Params:
    return {"envelopeId": await filled(stage)}


ENVELOPES: Final[Mapping[str, Callable[[Stage], Awaitable[Scene]]]] = {
    _ENVELOPES + "send": _send,
    _ENVELOPES + "grab": _grab,
    _ENVELOPES + "list": _list,
    _ENVELOPES + "get": _get,
}
ADMIN_ENVELOPES: Final[Scenes] = {
    ADMIN + "send_envelope": _send_as_operator,
    ADMIN + "cancel_envelope": _cancel,
    ADMIN + "list_envelopes": lambda stage: {"roomId": stage.room, "limit": "5"},
    ADMIN + "get_envelope": _get_as_operator,
}


async def _grab_of(stage: Stage, id: str) -> Answer:
    return await stage.host.call("envelopes/grab", {"envelopeId": id})


async def a_grab_of_nothing(service: Service) -> Answer:
    return await _grab_of(await set_stage(service), "none")


async def a_grab_before_it_opens(service: Service) -> Answer:
    stage = await set_stage(service)
    answer = await _grab_of(stage, await filled(stage, opensIn=30))
    assert answer.body["retryAfter"] == 30
    return answer


async def a_grab_when_its_time_is_over(service: Service) -> Answer:
    stage = await set_stage(service)
    id = await filled(stage, lasts=5)
    service.clock.advance(timedelta(seconds=5))
    return await _grab_of(stage, id)


async def a_grab_by_its_sender(service: Service) -> Answer:
    stage = await set_stage(service)
    return await stage.guest.call("envelopes/grab", {"envelopeId": await filled(stage)})


async def one_envelope_too_many(service: Service) -> Answer:
    stage = await set_stage(service)
    for _ in range(RUNNING_MAX):
        await filled(stage)
    return await stage.guest.call("envelopes/send", terms(stage))


ENVELOPE_CASES: Final[Mapping[Code, Sequence[Callable[[Service], Awaitable[Answer]]]]] = {
    Code.EnvelopeNotExists: [a_grab_of_nothing],
    Code.EnvelopeNotOpen: [a_grab_before_it_opens],
    Code.EnvelopeOver: [a_grab_when_its_time_is_over],
    Code.NotEligible: [a_grab_by_its_sender],
    Code.TooManyEnvelopes: [one_envelope_too_many],
}


async def tell_of_envelopes(evening: Evening, server: str, host: str, sender: tuple[str, str], room: str) -> None:
    """Let a member put coins into the room; the host grabs, and the operator looks and ends it."""
    user, token = sender
    await evening.call(server, "admin/credit_wallet", userId=user, amount=100, kind="purchase", key="GPA.3312-7001")
    sent = await evening.call(
        token, "envelopes/send", roomId=room, coins=88, parts=8, key="env-5f0c", split="equal", lasts=120
    )
    id = sent["envelopeId"]
    await evening.call(host, "envelopes/grab", envelopeId=id)
    await evening.call(host, "envelopes/list", roomId=room)
    await evening.call(server, "admin/list_envelopes", limit=20)
    await evening.call(server, "admin/get_envelope", envelopeId=id)
    await evening.call(server, "admin/cancel_envelope", envelopeId=id, reason="the show is over")
    await evening.call(host, "envelopes/get", envelopeId=id)
    await evening.call(
        server, "admin/send_envelope", roomId=room, coins=500, parts=50, key="gala-1", opensIn=30, reason="gala"
    )
