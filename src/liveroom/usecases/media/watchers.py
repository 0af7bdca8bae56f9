"""Signals between an operator who looks into a mesh room and those who publish in it.

The operator has no account: hosts answer to a name that was given to the operator with the TURN servers. It is sealed,
so that nobody in the room learns which operator it is, and says by itself for which room and until when it counts: any
process can read it, and nothing is stored.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.errors import KeyMissing, MemberNotFound, PermissionDenied
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import WATCHER_LIFE, Signal, may_publish
from liveroom.domain.operators.caller import Operator
from liveroom.ports import Clock, Live, UserMessages, Vault
from liveroom.usecases.operators.announcing import WATCH, ConsoleNews
from liveroom.usecases.rates import check_rate

SIGNALS: Final = 300
"""Signals of one user or operator within ``WINDOW``: eight viewers who come at once ask a publisher for about a
hundred."""
WINDOW: Final = timedelta(seconds=10)
_MARK: Final = "watcher:"
"""No user's id has a colon."""


class Watcher(NamedTuple):
    """As whom an operator looks into a room."""

    name: UserId
    """To whom members send their signals."""
    until: datetime


def is_watcher(user: UserId) -> bool:
    """Say whether somebody is meant who looks in, not a user."""
    return user.startswith(_MARK)


@dataclass(frozen=True, slots=True)
class Watchers:
    """Names them, and passes signals on."""

    live: Live
    clock: Clock
    vault: Vault
    user_messages: UserMessages
    news: ConsoleNews
    write: Callable[[Signal, UserId], bytes]
    """Returns what an operator is told of a signal."""

    def name(self, operator: Operator, room: RoomId) -> Watcher:
        """Return a name for an operator who may look into a room."""
        until = self.clock.now().replace(microsecond=0) + WATCHER_LIFE
        text = f"{int(until.timestamp())} {operator.actor}"
        return Watcher(UserId(_MARK + self.vault.seal(text, _context(operator.tenant.name, room))), until)

    async def send(self, operator: Operator, room: RoomId, name: UserId, to: UserId, payload: bytes) -> None:
        """Pass an operator's signal to a member.

        Raises ``PermissionDenied`` where the name is not theirs or its time is over, or the member may not publish,
        ``MemberNotFound``, ``RateLimited``.
        """
        await check_rate(self.live, f"signal:{operator.actor}", limit=SIGNALS, window=WINDOW)
        if self._actor(name, operator.tenant.name, room) != operator.actor:
            raise PermissionDenied("identity: not yours for this room, or its ten minutes are over")
        receiver = await self.live.member(room, to)
        if receiver is None:
            raise MemberNotFound
        if not may_publish(receiver):
            raise PermissionDenied("they may not publish")
        await self.user_messages.send_signal(to, Signal(room, name, self.clock.now(), payload))

    async def answer(self, tenant: TenantName, to: UserId, signal: Signal) -> None:
        """Pass a member's signal to the operator whose name it is; only they hear it. Raises ``MemberNotFound``."""
        actor = self._actor(to, tenant, signal.room)
        if not actor:
            raise MemberNotFound
        await self.news.tell(WATCH, actor, self.write(signal, to))

    def _actor(self, name: UserId, tenant: TenantName, room: RoomId) -> str:
        """Return whose name it is; "" where it is nobody's, or its time is over."""
        try:
            until, _, actor = self.vault.open(name.removeprefix(_MARK), _context(tenant, room)).partition(" ")
        except KeyMissing:
            return ""
        return actor if self.clock.now() < datetime.fromtimestamp(int(until), UTC) else ""


def _context(tenant: TenantName, room: RoomId) -> str:
    return f"watcher\n{tenant}\n{room}"
