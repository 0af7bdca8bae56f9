"""People who were in a room of the original when it was imported: they become members once, for one lease.

Their apps do not know of the import and will not enter again. Their sessions are unknown, so each gets one that nobody
will renew; whoever calls or enters continues with their own.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from liveroom.domain.accounts.users import User
from liveroom.domain.errors import Refused
from liveroom.domain.events.outbox import Arrival
from liveroom.domain.ids import EntryId, SessionId, StayId, new_id
from liveroom.domain.presence.members import PresenceEntry, wanted_role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import LiveRoom, Room
from liveroom.ports import Admission, Clock, Database, Live, PresenceClaim


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Makes them members; doing it twice changes nothing."""

    db: Database
    live: Live
    clock: Clock
    anyone_hosts: bool

    async def seat(self, room: Room, arrivals: Sequence[Arrival]) -> LiveRoom | None:
        """Add those whose time is not over and who may be in; return the room as it is after the last of them."""
        now = self.clock.now()
        due = [arrival for arrival in arrivals if arrival.until > now]
        users = {user.id: user for user in await self.db.users.list([arrival.user for arrival in due])}
        seated: LiveRoom | None = None
        for arrival in due:
            user = users.get(arrival.user)
            if user is not None and user.deleted is None and not user.is_banned(now):
                seated = await self._seat_one(room, user, arrival.role) or seated
        return seated

    async def _seat_one(self, room: Room, user: User, role: str) -> LiveRoom | None:
        now = self.clock.now()
        session = _session(room, user)
        heartbeat = Heartbeat(user.id, session, now, keepalive=False)
        presence_claim = PresenceClaim(heartbeat, room.id, EntryId(new_id(now)), host=False)
        wanted, label = wanted_role(role)
        try:
            claimed = await self.live.claim_presence(presence_claim)
            admission = Admission(
                tenant=room.tenant,
                room=room.id,
                user=user.id,
                session=session,
                entry=claimed.entry,
                stay=StayId(presence_claim.entry),
                wanted=wanted,
                label=label,
                profile=user.profile,
                admin=False,
                anyone_hosts=self.anyone_hosts,
                keepalive=False,
            )
            entered = await self.live.admit(admission)
        except Refused:
            await self.live.give_back(PresenceEntry(presence_claim.entry, user.id, session, room.id, host=False))
            return None
        if entered.role.is_host:
            await self.live.claim_presence(presence_claim._replace(entry=claimed.entry, host=True))
        return entered.room


def _session(room: Room, user: User) -> SessionId:
    """Return the session of this stay, marked as one of the original, whose token nobody knows."""
    text = f"{room.broadcast}\n{user.id}".encode()
    return SessionId("~" + urlsafe_b64encode(sha256(text).digest()).decode()[:22])
