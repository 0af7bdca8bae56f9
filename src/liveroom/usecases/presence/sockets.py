"""Who may connect and subscribe: the rules of sockets and channels (LIVE.md 5 and 6).

Subscribing is not entering: only members may subscribe to a room. The hub keeps the subscriptions
(``liveroom.realtime``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.accounts.sessions import Actor, Claims
from liveroom.domain.errors import Failure, NotInRoom, RoomNotFound, TokenInvalid
from liveroom.domain.events.model import Devices, Snapshot, Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Live
from liveroom.usecases.accounts.sessions import Authentication, Logouts
from liveroom.usecases.operators.console import ConsoleAccess
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.tenants.registry import Tenancy


@dataclass(frozen=True, slots=True)
class Sync:
    """What connected clients may do."""

    live: Live
    sessions: Authentication
    tenants: Tenancy
    logouts: Logouts
    devices: Devices
    privacy: Privacy
    console: ConsoleAccess

    def identify(self, token: str) -> tuple[Claims, Tenant]:
        """Return what a connection's token says. Raises ``TokenExpired``, ``TokenInvalid``."""
        claims = self.sessions.read(token)
        tenant = self.tenants.get(claims.tenant if claims.tenant is not None else DEFAULT_TENANT)
        if tenant is None:
            raise TokenInvalid
        return claims, tenant

    async def connect(self, socket: Socket, claims: Claims) -> Sequence[PresenceEntry]:
        """Begin the socket's life; return the user's presence entries. Sessions that it replaces end.

        Raises ``TokenInvalid``, ``DeviceRefused``, ``LiveUnavailable``.
        """
        replaced = await self.live.sockets.open(socket, issued=claims.issued, devices=self.devices)
        if replaced:
            await self.logouts.end_replaced(socket.user, replaced)
        return await self.live.entries(socket.user)

    async def check(self, claims: Claims) -> None:
        """Raise ``TokenInvalid`` when the session has ended."""
        if not self.sessions.renew(claims, keepalive=False, by_socket=True):
            await self.sessions.check(claims, keepalive=False, by_socket=True)

    async def state(self, actor: Actor, room: RoomId) -> Snapshot:
        """Return the room's state with its position, for a member. Raises ``RoomNotFound``, ``NotInRoom``.

        ``refusal`` says what the caller is answered then.
        """
        snapshot = await self.live.channels.snapshot(room, actor.tenant.name)
        if not await self.is_member(room, actor.user):
            raise NotInRoom
        return snapshot

    async def refusal(self, actor: Actor, room: RoomId, failure: NotInRoom | RoomNotFound) -> Failure:
        """Return the refusal for somebody who may not subscribe to a room.

        ``NotInRoom``, or ``RoomNotFound`` if the room does not exist for them; ``RateLimited`` for whoever asks for
        many such rooms.
        """
        return await self.privacy.refusal(actor, room, failure)

    async def is_live(self, room: RoomId) -> bool:
        """Say whether the room is live now."""
        return await self.live.room(room) is not None

    async def is_member(self, room: RoomId, user: UserId) -> bool:
        """Say whether the user is in the room now."""
        try:
            return await self.live.member(room, user) is not None
        except RoomNotFound:
            return False
