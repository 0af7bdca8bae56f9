"""A call whose answer is lost is sent again if that can do no harm, and only then."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from liveroom_client import Liveroom, RateLimited, Unavailable, Unreachable
from liveroom_client.calls import ATTEMPTS, Calls, is_repeatable
from liveroom_client.errors import refused

LOST = None
"""In place of an answer: the connection is closed without one."""
AWAY = {"errorCode": 100, "codeStr": "ServiceUnavailable", "errorMessage": "away", "data": {}}
FINE = {"errorCode": 0, "errorMessage": "ok", "data": {"messageId": "1", "likes": 1, "roomId": "1"}}


@dataclass
class Answering:
    """A server that gives these answers, one after the other, and notes what it was asked."""

    answers: list[dict[str, Any] | None]
    port: int = 0
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith("content-length:"))
        self.asked.append((head.split()[1], json.loads(await reader.readexactly(length))))
        answer = self.answers.pop(0)
        if answer is not LOST:
            body = json.dumps(answer).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()


@asynccontextmanager
async def answering(*answers: dict[str, Any] | None) -> AsyncIterator[tuple[Answering, Calls]]:
    """Yield the server and a client of it."""
    scripted = Answering(list(answers))
    server = await asyncio.start_server(scripted.take, "127.0.0.1", 0)
    calls = Calls(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield scripted, calls
    finally:
        await calls.close()
        server.close()


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("messages/send", {"roomId": "1", "text": "Hello", "key": "k"}),
        ("rooms/like", {"roomId": "1", "count": 3, "batchId": "b"}),
        ("rooms/enter_room", {"roomId": "1"}),
        ("rooms/list_users", {"roomId": "1"}),
    ],
)
@pytest.mark.parametrize("first", [LOST, AWAY], ids=["lost", "away"])
async def test_what_has_a_key_or_only_reads_is_sent_again_unchanged(
    method: str, params: dict[str, Any], first: dict[str, Any] | None
) -> None:
    async with answering(first, FINE) as (server, calls):
        assert (await calls.call(method, params)).data == FINE["data"]
        assert server.asked == [(f"/base/v1/{method}", params)] * 2


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("messages/send", {"roomId": "1", "text": "Hello"}),
        ("rooms/like", {"roomId": "1"}),
        ("rooms/transfer_owner", {"roomId": "1", "targetId": "2"}),
        ("moderation/kick", {"roomId": "1", "targetId": "2"}),
    ],
)
async def test_what_might_be_done_twice_is_sent_once(method: str, params: dict[str, Any]) -> None:
    assert not is_repeatable(method, params)
    async with answering(LOST) as (server, calls):
        with pytest.raises(Unreachable):
            await calls.call(method, params)
        assert len(server.asked) == 1


async def test_it_is_given_up_after_a_few_attempts() -> None:
    async with answering(*[AWAY] * ATTEMPTS) as (server, calls):
        with pytest.raises(Unavailable):
            await calls.call("rooms/room_detail", {"roomId": "1"})
        assert len(server.asked) == ATTEMPTS


async def test_a_refusal_is_not_asked_for_again() -> None:
    limited = {"errorCode": 3004, "codeStr": "RateLimited", "errorMessage": "no", "retryAfter": 12, "data": {}}
    async with answering(limited) as (server, calls):
        with pytest.raises(RateLimited) as said:
            await calls.call("rooms/room_detail", {"roomId": "1"})
        assert (len(server.asked), said.value.retry_after) == (1, 12)


async def test_what_is_no_answer_of_the_service_is_none() -> None:
    async with answering({"hello": "world"}) as (_, calls):
        with pytest.raises(Unreachable, match="HTTP 200"):
            await calls.call("oauth/register", {})


async def test_nothing_is_sent_for_none_and_the_tenant_goes_with_calls_without_a_token() -> None:
    async with answering(FINE, FINE) as (server, calls):
        calls.tenant = "shop"
        await calls.call("auth_users/guest", {"nickname": None})
        await calls.call("auth_users/guest", {"nickname": "Ann"}, token="t")
        assert [params for _, params in server.asked] == [{"apaasAppId": "shop"}, {"nickname": "Ann"}]


@pytest.mark.parametrize(
    ("code", "said", "seconds"),
    [(3004, {"retryAfter": 45}, 45), (209, {"retryAfter": 60}, 60), (100, {}, 1), (3000, {}, None)],
)
def test_an_error_says_how_long_to_wait(code: int, said: dict[str, Any], seconds: float | None) -> None:
    assert refused({"errorCode": code, "errorMessage": "no", "data": {}, **said}).retry_after == seconds


async def test_pages_are_read_to_the_end() -> None:
    pages: Sequence[dict[str, Any]] = [
        {"errorCode": 0, "data": [1, 2], "nextCursor": "c"},
        {"errorCode": 0, "data": [3], "nextCursor": ""},
    ]
    async with answering(*pages) as (server, calls):
        assert [row async for row in calls.pages("rooms/query_room", {"category": "show"})] == [1, 2, 3]
        assert [params.get("cursor") for _, params in server.asked] == [None, "c"]


async def test_closing_the_service_twice_does_no_harm() -> None:
    service = Liveroom("http://127.0.0.1:1")
    await service.close()
    await service.close()
