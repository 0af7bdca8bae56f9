"""Ends the connections that a Centrifugo holds of sessions that are over.

They are found by the connection info that each got with the subscription to its user's own channel. Only the service
reads that.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from liveroom.api.events.users import signed_out
from liveroom.domain.accounts.sessions import Claims, EndedSessions, is_original
from liveroom.domain.events.model import Position
from liveroom.domain.ids import SessionId
from liveroom.ports import Broker, News, UserConnections
from liveroom.realtime import codes


class ConnectionInfo(msgspec.Struct):
    """The session of a connection, as Centrifugo keeps it with the subscription."""

    session: str = ""
    issued: int = 0


def connection_info(claims: Claims) -> Mapping[str, Any]:
    """Return the info of a connection on its user's channel."""
    return msgspec.structs.asdict(ConnectionInfo(claims.session, int(claims.issued.timestamp())))


async def end_sessions(broker: Broker, ended: EndedSessions, now: datetime) -> None:
    """End the connections; the user is told before, when no connection is left that it does not concern.

    Raises ``ProviderUnavailable``.
    """
    channel = f"user:{ended.user}"
    present = await broker.present(channel)
    gone = [client for client, said in present.items() if _is_of(said, ended)]
    if not gone:
        return
    if len(gone) == len(present):
        key = f"{channel}:{ended.at.timestamp()}"
        data = signed_out(key, 1, now, ended.why)
        await broker.publish([News(channel, data, key, Position("", 0))])
    await broker.disconnect([UserConnections(ended.user, client) for client in gone], *codes.end_of(ended.why))


def _is_of(said: bytes, ended: EndedSessions) -> bool:
    info = msgspec.json.decode(said, type=ConnectionInfo | None) or ConnectionInfo()
    if info.session in ended.sessions:
        return True
    before = ended.original_before
    return before is not None and is_original(SessionId(info.session)) and info.issued <= before.timestamp()
