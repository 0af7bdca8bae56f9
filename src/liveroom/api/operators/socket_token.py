"""``admin/*`` of the console's socket."""

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method
from liveroom.api.parameters import Nothing
from liveroom.api.shapes import Shape
from liveroom.domain.operators.caller import Operator
from liveroom.domain.operators.console import EVERYWHERE, SEES_OVERVIEW
from liveroom.domain.payloads import wire_time
from liveroom.usecases.operators.console import ConsoleAccess


class SocketToken(Shape):
    """A token for the console's socket."""

    token: str
    expires_utc: str
    """Ten minutes from now; an open connection is refreshed with a newer token."""
    permissions: list[str]
    """What decides which channels it may listen to: ``overview.view``, ``reports.view``, ``rooms.view``."""
    scope: str
    """Of what the overview is: ``installation``, or ``tenant``."""


@method(
    "base/v1/admin/socket_token",
    bad_request=Code.SystemVerifyError,
    who=Who.KEY,
    permission=SEES_OVERVIEW,
    reply=SocketToken,
    codes=(Code.NotOffered,),
)
async def socket_token(_: Nothing, operator: Operator, access: ConsoleAccess) -> SocketToken:
    """Return a token with which the socket tells an operator what happens, without being a user or a member.

    Behind a Centrifugo and as a web function there is no such socket: 3008.
    """
    token, grant = access.issue(operator)
    return SocketToken(
        token=token,
        expires_utc=wire_time(grant.expires),
        permissions=sorted(grant.permissions - {EVERYWHERE}),
        scope="installation" if grant.may(EVERYWHERE) else "tenant",
    )
