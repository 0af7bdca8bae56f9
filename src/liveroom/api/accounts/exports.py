"""``auth_users/export`` and ``admin/export_user``: all that is kept of a person, in one archive; and how long it is."""

from datetime import timedelta
from typing import Final

from liveroom.api.admin_requests import OneUser
from liveroom.api.codes import Code
from liveroom.api.declare import Data, Who, method
from liveroom.api.parameters import Nothing
from liveroom.api.shapes import Shape
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import UserId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.privacy.exports import Export, NewExport
from liveroom.usecases.privacy.exports import Exports
from liveroom.usecases.privacy.retention import KeptFor, KeptKind

LINK: Final = "exports/"
"""Below the service's address, and the base path if there is one; the token follows."""


class ExportStatus(Shape):
    """An export of somebody's data."""

    export_id: str
    """"" if nobody has asked for one."""
    state: str
    """``ready``, ``used`` (the link has been opened), ``expired``, or ``none``."""
    created_utc: str
    expires_utc: str


class ExportLink(ExportStatus):
    """An export with its link, which is shown this once."""

    download: str
    """The link's path, below the service's address: ``GET`` it for the archive, once."""


@method(
    "base/v1/auth_users/export",
    bad_request=Code.SystemVerifyError,
    reply=ExportLink,
    codes=(Code.SignInTooOld, Code.RateLimited),
    permission="users.export",
)
async def export(_: Nothing, actor: Actor, exports: Exports) -> ExportLink:
    """Get a link to all that is kept of the caller: a zip file of JSON, made while it is downloaded.

    The link works once, within 24 hours. Whoever signed in more than ten minutes ago signs in again: 3018. More than
    three times in 24 hours: 3004.
    """
    return _link(await exports.request(actor))


@method(
    "base/v1/auth_users/export_state",
    bad_request=Code.SystemVerifyError,
    reply=ExportStatus,
    permission="users.export",
)
async def export_state(_: Nothing, actor: Actor, exports: Exports) -> ExportStatus:
    """Return what has become of the caller's last export, whoever has asked for it."""
    found = await exports.newest(actor)
    if found is None:
        return ExportStatus(export_id="", state="none", created_utc="", expires_utc="")
    return ExportStatus(**_status(found, found.state(exports.clock.now())))


@method(
    "base/v1/admin/export_user",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.export",
    reply=ExportLink,
    codes=(Code.UserNotExists,),
)
async def export_user(call: OneUser, operator: Operator, exports: Exports) -> ExportLink:
    """Get a link to all that is kept of a user, as ``auth_users/export`` gives it to them: it is theirs alone."""
    return _link(await exports.order(operator, UserId(call.user_id)))


class KeptData(Shape):
    """How long data of one kind is kept."""

    what: str
    seconds: int
    """0: until it is deleted."""
    setting: str
    """The setting that says so; "": it is fixed."""


@method(
    "base/v1/admin/retention",
    bad_request=Code.UserQueryParams,
    who=Who.KEY,
    permission="users.view",
    reply=list[KeptData],
    data=Data.LIST,
)
async def retention(_: Nothing, operator: Operator, kept: KeptFor) -> list[KeptData]:
    """Return how long what is kept."""
    return [_kept(one) for one in kept.all]


def _kept(one: KeptKind) -> KeptData:
    return KeptData(what=one.what, seconds=one.keep // timedelta(seconds=1), setting=one.setting)


def _link(new: NewExport) -> ExportLink:
    return ExportLink(**_status(new.export, "ready"), download=LINK + new.token)


def _status(export: Export, state: str) -> dict[str, str]:
    times = {"created_utc": wire_time(export.created), "expires_utc": wire_time(export.expires)}
    return {"export_id": export.id, "state": state, **times}
