"""Modules of other packages: what they are written with. This page is the whole of what they may rely on.

Names of this page keep their meaning within a major release; everything else of liveroom is private and may change in
any. How to write one: docs/modules.md.
"""

from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who
from liveroom.api.identity import Visitor
from liveroom.api.parameters import Id, Json, Many, Request, Text, Whole
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityOver, ActivityRefuses
from liveroom.domain.activities.model import Award, Ballot, Tally
from liveroom.domain.activities.rules import ActivityMember, ActivityRules, ActivityStep
from liveroom.domain.errors import (
    BadRequest,
    Failure,
    HookRefused,
    NotInRoom,
    PermissionDenied,
    ProviderUnavailable,
    QuotaExceeded,
    RateLimited,
    Refused,
    RoomNotFound,
    Unavailable,
    UserNotFound,
)
from liveroom.domain.hooks.model import HookType
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.presence.members import Member, Role
from liveroom.modules.declaring import Module
from liveroom.modules.inside import ActivityNow, Liveroom, RoomNow
from liveroom.usecases.hooks.calls import HookCall

__all__ = [
    "ActivityMember",
    "ActivityNow",
    "ActivityOver",
    "ActivityRefuses",
    "ActivityRules",
    "ActivityStep",
    "Actor",
    "Award",
    "BadRequest",
    "Ballot",
    "BroadcastId",
    "Code",
    "Data",
    "Failure",
    "HookCall",
    "HookRefused",
    "HookType",
    "Id",
    "Json",
    "Liveroom",
    "Many",
    "Member",
    "Module",
    "NotInRoom",
    "Operator",
    "PermissionDenied",
    "ProviderUnavailable",
    "QuotaExceeded",
    "RateLimited",
    "Refused",
    "Request",
    "Role",
    "RoomId",
    "RoomNotFound",
    "RoomNow",
    "Shape",
    "Tally",
    "TenantName",
    "Text",
    "Unavailable",
    "UserId",
    "UserNotFound",
    "Visitor",
    "Who",
    "Whole",
]
