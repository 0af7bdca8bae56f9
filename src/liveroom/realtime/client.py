"""One connection of a client: what it may send, what it is subscribed to, and how it ends.

Commands of a connection are carried out one after another, each when the one before is answered; pings, pongs and
messages to nobody pass them by. A connection that has nothing to do holds no task and no timer.
"""

from collections import deque
from typing import TYPE_CHECKING, Final

import structlog

from liveroom import deadlines
from liveroom.domain.errors import Unavailable
from liveroom.domain.events import Socket
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.sessions import Claims
from liveroom.domain.tenants import Tenant
from liveroom.log import log_unexpected
from liveroom.realtime import codes
from liveroom.realtime.codes import End, Refusal
from liveroom.realtime.framing import Framing, Opening, Transport
from liveroom.realtime.kinds import Channel
from liveroom.realtime.messages import (
    BadFrame,
    Command,
    ConnectRequest,
    Error,
    PingRequest,
    PingResult,
    Reply,
    Request,
    SendRequest,
)
from liveroom.realtime.stream import Subscriber

if TYPE_CHECKING:
    from liveroom.realtime.hub import Hub

log = structlog.get_logger("liveroom.realtime")

_Asked = tuple[Command, int]
"""A command, and the bytes of its message that count with it: parts of a message keep the whole of it."""
NOBODY: Final = Socket("", UserId(""), SessionId(""))


class Client(Subscriber):
    """What a transport talks to. ``claims`` is None until the client has connected."""

    __slots__ = (
        "_allowance",
        "_arrived",
        "_counted",
        "_held",
        "_hub",
        "_waiting",
        "channels",
        "claims",
        "id",
        "is_asked",
        "opening",
        "tenant",
        "token",
        "turn",
    )

    def __init__(self, hub: "Hub", transport: Transport, framing: Framing, opening: Opening, id: str) -> None:
        super().__init__(transport, framing)
        self.id = id
        self.opening = opening
        self.socket = NOBODY
        self.claims: Claims | None = None
        self.tenant: Tenant | None = None
        self.token = ""
        self.channels: dict[str, Channel] = {}
        self.turn = -1
        self.is_asked = False
        """A ping was sent and not answered yet."""
        self._hub = hub
        self._waiting: deque[_Asked] | None = None
        """Commands not carried out yet; None while nothing is being carried out."""
        self._held = 0
        """Bytes of the messages of these and of the one that is being carried out."""
        self._arrived = 0
        """Bytes of the message that is being taken: they count with its first command that waits."""
        self._allowance = hub.limits.burst
        self._counted = hub.seconds()

    @property
    def is_busy(self) -> bool:
        """Say whether a command is being carried out."""
        return self._waiting is not None

    # from the transport

    def received(self, message: bytes) -> None:
        """Take a message of the client."""
        if not self.open:
            return
        try:
            commands = self.framing.decode(message)
        except BadFrame as problem:
            log.debug("client.bad_frame", client=self.id, cause=str(problem))
            self.end(codes.BAD_FRAME)
            return
        self._arrived = len(message)
        for command in commands:
            self._take(command)
            if not self.open:
                return

    def lost(self) -> None:
        """The connection is gone: the client may come back."""
        self._leave()

    # from the hub

    def reply(self, reply: Reply) -> None:
        """Answer, or push what is for this connection alone."""
        self._hub.writer.reply(self, self.framing.encode(reply))

    def refuse(self, id: int, error: Error) -> None:
        self.reply(Reply(id=id, error=error))

    def end(self, end: End) -> None:
        """Tell what is waiting, close the connection and say why."""
        if self.open:
            self._hub.writer.flush(self)
            self._close(end)

    def slow(self) -> None:
        self._close(codes.SLOW)

    def forget(self, channel: str) -> None:
        self.channels.pop(channel, None)

    def _close(self, end: End) -> None:
        if self.open:
            self._leave(keeps=end is codes.SHUTDOWN)
            self.transport.close(end.code, end.reason)

    def _leave(self, *, keeps: bool = False) -> None:
        """Be no one's listener any more; with ``keeps`` as if the connection were still there (LIVE.md 5)."""
        if self.open:
            self.open = False
            self.pending = None
            self._waiting = None
            self._hub.left(self, keeps=keeps)

    # commands

    def _take(self, command: Command) -> None:
        request = command.request
        if request is None and not command.id and self.is_asked:
            self.is_asked = False
        elif self._is_rushing():
            self._slow_down(command)
        elif request is None:
            if command.id:
                self.refuse(command.id, codes.METHOD_NOT_FOUND)
        elif isinstance(request, SendRequest):
            return
        elif not command.id or not self._may_ask(request):
            self.end(codes.BAD_FRAME)
        elif isinstance(request, PingRequest):
            self.reply(Reply(id=command.id, ping=PingResult()))
        else:
            self._enqueue(command)

    def _may_ask(self, request: Request) -> bool:
        """Say whether it may be asked now: to connect once, anything else after it (or behind it)."""
        if isinstance(request, ConnectRequest):
            return self.claims is None
        return self.claims is not None or (self._waiting is not None and not isinstance(request, PingRequest))

    def _enqueue(self, command: Command) -> None:
        limits, asked = self._hub.limits, (command, self._arrived)
        if self._waiting is None:
            self._waiting, self._held = deque((asked,)), self._arrived
            self._hub.spawn(self._work(self._waiting))
        elif len(self._waiting) < limits.waiting and self._held + self._arrived <= limits.held:
            self._waiting.append(asked)
            self._held += self._arrived
        else:
            self.refuse(command.id, codes.TOO_MANY_REQUESTS)
            return
        self._arrived = 0

    async def _work(self, waiting: deque[_Asked]) -> None:
        while waiting and self.open:
            command, size = waiting.popleft()
            await self._carry_out(command)
            self._held -= size
        if self._waiting is waiting:
            self._waiting = None

    async def _carry_out(self, command: Command) -> None:
        began = deadlines.begin()
        try:
            await self._hub.commands.carry_out(self, command)
        except Refusal as refusal:
            self.refuse(command.id, refusal.error)
        except (Unavailable, deadlines.Overdue) as failure:
            log.warning("command.unavailable", client=self.id, cause=repr(failure.__cause__ or failure))
            self.refuse(command.id, codes.INTERNAL)
        except Exception as problem:
            log_unexpected(log, "command.failed", problem, client=self.id)
            self.refuse(command.id, codes.INTERNAL)
        finally:
            deadlines.over(began)

    def _is_rushing(self) -> bool:
        """Count a command; say whether there were too many lately."""
        limits, now = self._hub.limits, self._hub.seconds()
        earned = (now - self._counted) * limits.rate
        self._counted = now
        self._allowance = min(limits.burst, self._allowance + earned) - 1
        return self._allowance < 0

    def _slow_down(self, command: Command) -> None:
        """Refuse a command that is too much; a client that goes on regardless is ended."""
        if self._allowance < -self._hub.limits.burst:
            self.end(codes.RUSHING)
        elif command.id:
            self.refuse(command.id, codes.TOO_MANY_REQUESTS)
