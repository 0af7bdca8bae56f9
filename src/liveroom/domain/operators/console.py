"""The console's socket: what an operator's connection may listen to, and the token that says so."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import TenantName
from liveroom.domain.packing import packed, unpacked

_MARK: Final = "lrc_"
TOKEN_LASTS: Final = timedelta(minutes=10)
SEES_OVERVIEW: Final = "overview.view"
SEES_INSTALLATION: Final = "system.view"
"""A server key of the default tenant that has it sees figures of the whole installation."""
EVERYWHERE: Final = "installation"
"""Stands among the permissions of a grant that shows figures of the whole installation, not of the tenant alone."""
SEES_REPORTS: Final = "reports.view"
SEES_ROOMS: Final = "rooms.view"
LOOKS_IN: Final = "rooms.watch"
SEEN_BY_SOCKET: Final = (SEES_OVERVIEW, SEES_REPORTS, SEES_ROOMS, LOOKS_IN)
"""Permissions that decide what a connection may listen to."""


class ConsoleGrant(NamedTuple):
    """Who listens, of which tenant, and what they may listen to. Times are whole seconds."""

    actor: str
    """``key:<id>`` or ``operator:<id>``."""
    session: str
    """The session of an operator who is signed in; "" for a key."""
    tenant: TenantName
    permissions: frozenset[str]
    issued: datetime
    expires: datetime

    def may(self, permission: str) -> bool:
        """Say whether they have a permission of ``SEEN_BY_SOCKET``, or ``EVERYWHERE``."""
        return permission in self.permissions

    def is_of(self, other: "ConsoleGrant") -> bool:
        """Say whether both are the same caller's, for the same tenant."""
        return self[:3] == other[:3]


_Body = tuple[str, str, str, list[str], int, int]
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(_Body).decode


def is_console_token(text: str) -> bool:
    """Say whether this is meant as a token of the console's socket."""
    return text.startswith(_MARK)


def write_grant(grant: ConsoleGrant) -> str:
    """Return the part of a token that is signed."""
    actor, session, tenant, permissions, issued, expires = grant
    body = (actor, session, tenant, sorted(permissions), int(issued.timestamp()), int(expires.timestamp()))
    return _MARK + packed(_encode(body))


def read_grant(signed: str) -> ConsoleGrant:
    """Return what a token says whose signature is good. Raises ``TokenInvalid``."""
    try:
        actor, session, tenant, permissions, issued, expires = _decode(unpacked(signed.removeprefix(_MARK)))
        times = datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(expires, UTC)
    except (ValueError, OverflowError, OSError):
        raise TokenInvalid from None
    return ConsoleGrant(actor, session, TenantName(tenant), frozenset(permissions), *times)
