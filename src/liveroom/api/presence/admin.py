"""``admin/*`` about presence: who of the tenant's users is online, and why the service thinks so."""

from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.presence.methods import PresenceQuery, SourceOfLife, UserPresence, source_of_life, user_presence
from liveroom.domain.operators.caller import Operator
from liveroom.usecases.presence.attendance import Attendance


@method(
    "base/v1/admin/presence",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="presence.view",
    reply=list[UserPresence],
    data=Data.LIST,
)
async def presence(call: PresenceQuery, operator: Operator, attendance: Attendance) -> list[UserPresence]:
    """Return which users are online and in which room; unknown ones are left out."""
    return [user_presence(found) for found in await attendance.of_users(operator.tenant.name, call.user_ids)]


@method(
    "base/v1/admin/explain_presence",
    bad_request=Code.RoomQueryParams,
    who=Who.KEY,
    permission="presence.view",
    reply=list[SourceOfLife],
    data=Data.LIST,
    codes=(Code.UserNotExists,),
)
async def explain_presence(call: OneUser, operator: Operator, attendance: Attendance) -> list[SourceOfLife]:
    """Explain a user's presence: what each source reports, and until when it counts."""
    found = await attendance.explain_of(operator.tenant.name, call.user_id)
    return [source_of_life(source) for source in found]
