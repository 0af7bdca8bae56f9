"""Connections where WebSockets are blocked: the transports ``http_stream`` and ``sse`` of the JavaScript SDK.

What the server has to say is an answer without an end; each of the client's messages is a POST, which may come to any
process. It names the node and the session of its connection, as the connect reply did. The session is a secret, and
nothing else says whose commands they are. What is HTTP about it is ``liveroom.http.emulation``'s.
"""

import re
import secrets
from collections.abc import Iterable
from functools import partial
from http import HTTPStatus
from typing import Any, Final, NamedTuple

import msgspec
import structlog
from centrifuge.protocol import client_pb2  # type: ignore[import-untyped]
from google.protobuf import message_factory
from google.protobuf.message import DecodeError

from liveroom.api.identity import RequestContext
from liveroom.domain.errors import Unavailable
from liveroom.ports import Forwarding
from liveroom.realtime.endless import EndlessAnswer
from liveroom.realtime.framing import KEPT, SSE, STREAM_JSON, STREAM_PROTOBUF, Acceptor, BadFrame, Framing, Opening
from liveroom.realtime.handshake import Origins

log = structlog.get_logger("liveroom.realtime")

_FORMS: Final[dict[str, Framing]] = {"json": STREAM_JSON, "protobuf": STREAM_PROTOBUF, "sse": SSE}
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_POST: Final[Any] = message_factory.GetMessageClass(client_pb2.DESCRIPTOR.message_types_by_name["EmulationRequest"])


class _Post(msgspec.Struct):
    session: str
    node: str
    data: str


class Posted(NamedTuple):
    """What was posted: commands for a connection."""

    node: str
    session: str
    data: bytes


class Emulation:
    """The connections of this process that need it, and what is posted to those of any."""

    def __init__(
        self,
        acceptor: Acceptor,
        forwarding: Forwarding,
        *,
        node: str,
        origins: Iterable[str],
        message_max: int,
        close_seconds: float = 3.0,
    ) -> None:
        self.message_max = message_max
        self._acceptor = acceptor
        self._forwarding = forwarding
        self._node = node
        self._origins = Origins(origins)
        self._close_seconds = close_seconds
        self._answers: dict[str, EndlessAnswer] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def allows(self, origin: str, host: str) -> bool:
        """Say whether a page of this origin may come to this host."""
        return self._origins.allow(origin, host)

    async def open(
        self, form: str, first: bytes, context: RequestContext, origin: str, *, is_chunked: bool
    ) -> EndlessAnswer | None:
        """Take a connection whose first message came with its request; None: no new ones are taken here now."""
        try:
            await self._forwarding.listen(self._node, self.received)
        except Unavailable as failure:
            log.warning("emulation.unavailable", cause=repr(failure.__cause__ or failure))
            return None
        session, framing = secrets.token_urlsafe(), _FORMS[form]
        forget = partial(self._answers.pop, session, None)
        answer = EndlessAnswer(framing, first, is_chunked=is_chunked, close_seconds=self._close_seconds, on_lost=forget)
        opening = Opening(
            context.address, context.host, origin[:KEPT], context.languages[:KEPT], context.request_id, session
        )
        client = self._acceptor.accept(answer, framing, opening)
        if client is None:
            return None
        answer.attach(client)
        self._answers[session] = answer
        return answer

    async def post(self, body: bytes, *, is_protobuf: bool) -> HTTPStatus:
        """Bring what was posted to its connection, and say how it went.

        A connection that is gone is no failure, as its client knows; a process that is gone is one: 404 tells the SDK
        to connect anew.
        """
        try:
            posted = read_post(body, is_protobuf=is_protobuf)
        except BadFrame:
            return HTTPStatus.BAD_REQUEST
        if len(posted.data) > self.message_max:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        if posted.node == self._node:
            self.received(posted.session, posted.data)
            return HTTPStatus.NO_CONTENT
        if not (_NAME.fullmatch(posted.node) and _NAME.fullmatch(posted.session)):
            return HTTPStatus.NOT_FOUND
        try:
            is_there = await self._forwarding.send(*posted)
        except Unavailable as failure:
            log.warning("emulation.unavailable", cause=repr(failure.__cause__ or failure))
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.NO_CONTENT if is_there else HTTPStatus.NOT_FOUND

    def received(self, session: str, data: bytes) -> None:
        """Hand commands to the connection of a session, if it is still there."""
        answer = self._answers.get(session)
        if answer is not None:
            answer.received(data)


def read_post(body: bytes, *, is_protobuf: bool) -> Posted:
    """Return what a body says. In JSON the commands stand in a text. Raises ``BadFrame``."""
    try:
        if is_protobuf:
            parsed = _POST.FromString(body)
            return Posted(parsed.node, parsed.session, parsed.data)
        post = msgspec.json.decode(body, type=_Post)
        return Posted(post.node, post.session, post.data.encode())
    except (ValueError, RecursionError, DecodeError) as problem:
        raise BadFrame(f"nothing that could be posted: {problem}") from None
