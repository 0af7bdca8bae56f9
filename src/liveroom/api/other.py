"""What shipped apps call beside: addresses, telemetry, and methods of services that are not offered here."""

from typing import Annotated, Any

from liveroom.api.codes import Code
from liveroom.api.declare import Who, method, not_offered
from liveroom.api.identity import Visitor
from liveroom.api.offer import Offer
from liveroom.api.parameters import Id, Request, Text
from liveroom.api.shapes import Shape


class Gslb(Shape, rename=None):
    """The service's address (empty: this one), and the captcha's application ids; 0 without a captcha."""

    service: str
    captcha_web_appid: int
    captcha_wxmini_appid: int


class NoParameters(Request):
    """None."""


@method("base/v1/gslb", bad_request=Code.SystemVerifyError, who=Who.ANYONE, reply=Gslb)
async def gslb(_: NoParameters, __: Visitor, offer: Offer) -> Gslb:
    """Return the service's address. No login is needed."""
    return Gslb(service="", captcha_web_appid=offer.captcha_web_appid, captcha_wxmini_appid=offer.captcha_wxmini_appid)


class Blacklist(Shape):
    """Blocked modules and features by name; always empty."""

    module: dict[str, bool]
    feature: dict[str, bool]


class ModuleBlacklist(Request):
    """The user; no token is needed."""

    user_id: Id | None = None


@method("base/v1/auth_users/module_blacklist", bad_request=Code.SystemVerifyError, who=Who.ANYONE, reply=Blacklist)
async def module_blacklist(_: ModuleBlacklist, __: Visitor) -> Blacklist:
    """Return the blocked modules of the app: none."""
    return Blacklist(module={}, feature={})


class LeaveMail(Request):
    """The app's report about a user who leaves."""

    email: Annotated[str, Text(256)] = ""
    marketing_status: Annotated[str, Text(16)] = ""
    source: Annotated[str, Text(128)] = ""
    scene: Annotated[str, Text(128)] = ""


@method("base/v1/auth_users/create_leave_user_send_email", bad_request=Code.SystemVerifyError, who=Who.ANYONE)
async def create_leave_user_send_email(_: LeaveMail, __: Visitor) -> None:
    """Accept an app's report about a user who leaves; it is counted, not kept."""


class Stat(Request):
    """An app's telemetry: any ``event`` with any ``msg``."""

    user_id: Id | None = None
    event: Annotated[str, Text(128)] = ""
    msg: Any = None


@method("base/v1/events/stat", bad_request=Code.SystemVerifyError, who=Who.ANYONE)
async def stat(_: Stat, __: Visitor) -> None:
    """Accept an app's telemetry; it is counted, not kept."""


_AUTH = "base/v1/auth_users/"
not_offered(_AUTH + "none_auth", "Sign in with an invitation of RT-Cube's own service.")
not_offered(_AUTH + "user_login_moa", "Sign in with the vendor's staff account.")
not_offered(_AUTH + "apply_invite_code", "Apply for an invitation of RT-Cube's own service.")
not_offered("base/v1/music/search_music_by_tag", "Search the vendor's karaoke catalogue.")
not_offered("base/v1/music/query_token", "Permission to play a song of the vendor's catalogue.")
