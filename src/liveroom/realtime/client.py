"""One connection of a client: what it may send, what it is subscribed to, and how it ends.

Commands of a connection are carried out one after another, each when the one before is answered; pings, pongs and
messages to nobody pass them by. A connection that has nothing to do holds no task and no timer.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from liveroom import deadlines
from liveroom.domain.accounts.sessions import Claims
from liveroom.domain.errors import Unavailable
from liveroom.log import log_unexpected
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.codes import End, Refusal
from liveroom.realtime.framing import Framing, Opening, Transport
from liveroom.realtime.kinds import Subscriber
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
from liveroom.realtime.sequencer import Spawn

log = structlog.get_logger("liveroom.realtime")

_Asked = tuple[Command, int]
"""A command, and the bytes of its message that count with it: parts of a message keep the whole of it."""


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What one connection may ask for."""

    channels: int = 128
    rate: float = 50.0
    """Commands a second, in the long run."""
    burst: float = 500.0
    """Commands at once."""
    waiting: int = 300
    """Commands that wait for the one before them."""
    held: int = 256 * 1024
    """Bytes of the messages that they came in."""
    user: int = 10
    """Connections of one user in this process; 0 is unlimited."""
    connections: int = 0
    """Connections of this process; 0 is unlimited."""


CarryOut = Callable[["Client", Command], Awaitable[None]]
"""Does what a command asks."""


@dataclass(frozen=True, slots=True)
class ClientContext:
    """What all connections of a process share."""

    limits: ConnectionLimits
    writer: BatchWriter
    spawn: Spawn
    seconds: Callable[[], float]
    carry_out: CarryOut
    left: Callable[["Client", bool], None]
    """Is told that a connection is over, and whether its signs of life stay as if it were there (LIVE.md 5)."""


class Client(Subscriber):
    """What a transport talks to. ``claims`` is None until the client has connected."""

    __slots__ = (
        "_allowance",
        "_arrived",
        "_context",
        "_counted",
        "_held",
        "_waiting",
        "claims",
        "ended",
        "id",
        "is_asked",
        "token",
        "turn",
    )

    def __init__(
        self, context: ClientContext, transport: Transport, framing: Framing, opening: Opening, id: str
    ) -> None:
        super().__init__(transport, framing, opening)
        self.id = id
        self.claims: Claims | None = None
        self.token = ""
        self.ended: End | None = None
        """Why we have ended it; None where it went by itself."""
        self.turn = -1
        self.is_asked = False
        """A ping was sent and not answered yet."""
        self._context = context
        self._waiting: deque[_Asked] | None = None
        """Commands not carried out yet; None while nothing is being carried out."""
        self._held = 0
        """Bytes of the messages of these and of the one that is being carried out."""
        self._arrived = 0
        """Bytes of the message that is being taken: they count with its first command that waits."""
        self._allowance = context.limits.burst
        self._counted = context.seconds()

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
        self._context.writer.reply(self, self.framing.encode(reply))

    def refuse(self, id: int, error: Error) -> None:
        self.reply(Reply(id=id, error=error))

    def end(self, end: End) -> None:
        """Tell what is waiting, close the connection and say why."""
        if self.open:
            self._context.writer.flush(self)
            self._close(end)

    def slow(self) -> None:
        self._close(codes.SLOW)

    def _close(self, end: End) -> None:
        if self.open:
            self.ended = end
            self._leave(keeps=end is codes.SHUTDOWN)
            self.transport.close(end.code, end.reason)

    def _leave(self, *, keeps: bool = False) -> None:
        """Be no one's listener any more; with ``keeps`` as if the connection were still there (LIVE.md 5)."""
        if self.open:
            self.open = False
            self.pending = None
            self._waiting = None
            self._context.left(self, keeps)

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
        limits, asked = self._context.limits, (command, self._arrived)
        if self._waiting is None:
            self._waiting, self._held = deque((asked,)), self._arrived
            self._context.spawn(self._work(self._waiting))
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
            await self._context.carry_out(self, command)
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
        limits, now = self._context.limits, self._context.seconds()
        earned = (now - self._counted) * limits.rate
        self._counted = now
        self._allowance = min(limits.burst, self._allowance + earned) - 1
        return self._allowance < 0

    def _slow_down(self, command: Command) -> None:
        """Refuse a command that is too much; a client that goes on regardless is ended."""
        if self._allowance < -self._context.limits.burst:
            self.end(codes.RUSHING)
        elif command.id:
            self.refuse(command.id, codes.TOO_MANY_REQUESTS)
