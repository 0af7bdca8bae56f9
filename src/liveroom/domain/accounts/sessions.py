"""Sessions: one login each. A signed token is valid until its time is over or its session has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from liveroom.domain.ids import SessionId, TenantName, UserId
from liveroom.domain.tenants.model import Tenant

ENDED_REMEMBERED: Final = timedelta(days=31)
"""How long live stores know that a session has ended: longer than any token lives."""


class SessionEnd(StrEnum):
    """Why a session is over."""

    LOGOUT = "logout"
    DELETED = "deleted"
    BANNED = "banned"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class Session:
    """One login of a user."""

    id: SessionId
    user: UserId
    tenant: TenantName
    created: datetime
    tag: str = ""
    ended: datetime | None = None
    end: SessionEnd | None = None
    address: str = ""
    """From where it began, as a keyed digest; written with a new session, and not read with it."""


class Claims(NamedTuple):
    """What a verified token says. ``tenant`` is None in tokens of the original service."""

    user: UserId
    session: SessionId
    tenant: TenantName | None
    issued: datetime
    expires: datetime


class Actor(NamedTuple):
    """Who is calling: a user of a tenant, in a session that is valid now."""

    user: UserId
    session: SessionId
    tenant: Tenant
    by_socket: bool = False
    """The call came through the session's socket, which vouches for it by itself."""
    address: str = ""
    """The client's; "" where an operator's server calls for the user."""
    by_operator: bool = False
    """An operator's server calls for the user: limits on strangers do not apply to it."""


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """Sessions of one user that are over. ``original_before`` also ends sessions of the original that began before."""

    user: UserId
    sessions: tuple[SessionId, ...]
    at: datetime
    original_before: datetime | None = None
    why: SessionEnd = SessionEnd.LOGOUT


def is_original(session: SessionId) -> bool:
    """Say whether the session is one of the original service: its id is a hash of the token, marked with ``~``."""
    return session.startswith("~")
