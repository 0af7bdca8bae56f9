"""Tencent's captcha: whether a ticket is one that was solved for one of our applications."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from liveroom.domain.accounts.contacts import CaptchaTicket
from liveroom.domain.errors import BadRequest, ProviderNonsense, ProviderUnavailable
from liveroom.providers.tencent.cloud import TencentCloud

VERSION: Final = "2019-07-22"
_TYPE: Final = 9
_PASSED: Final = 1
_OURS_IS_WRONG: Final = frozenset({16, 100})
"""The application or its secret is not theirs, or a parameter is none: the operator's to mend, not the user's."""
_BROKEN: Final = 26


@dataclass(frozen=True, slots=True)
class CaptchaApp:
    """An application of the captcha; those of WeChat mini programs are asked about in another way."""

    id: int
    secret: str
    is_mini: bool = False


class TencentCaptcha:
    """``ports.Captcha``."""

    def __init__(self, cloud: TencentCloud, apps: Mapping[str, CaptchaApp]) -> None:
        self._cloud: Final = cloud
        self._apps: Final = apps

    async def check(self, ticket: CaptchaTicket) -> None:
        app = self._apps.get(ticket.app_id)
        if app is None:
            raise BadRequest("appId: not a captcha of this service")
        if not ticket.ticket or not (ticket.randstr or app.is_mini):
            raise BadRequest("ticket, randstr: both are required, from a solved captcha")
        response = await self._cloud.call(*_question(app), {**_described(app, ticket)})
        _judge(response.get("CaptchaCode"))


def _question(app: CaptchaApp) -> tuple[str, str]:
    return ("DescribeCaptchaMiniResult" if app.is_mini else "DescribeCaptchaResult", VERSION)


def _described(app: CaptchaApp, ticket: CaptchaTicket) -> dict[str, Any]:
    asked = {"CaptchaType": _TYPE, "Ticket": ticket.ticket, "UserIp": ticket.address, "CaptchaAppId": app.id}
    secret = {"AppSecretKey": app.secret}
    return {**asked, **secret} if app.is_mini else {**asked, **secret, "Randstr": ticket.randstr}


def _judge(code: object) -> None:
    if code == _PASSED:
        return
    if not isinstance(code, int) or code in _OURS_IS_WRONG:
        raise ProviderNonsense(f"Tencent's captcha answers {code!r}: check its application ids and secrets")
    if code == _BROKEN:
        raise ProviderUnavailable("Tencent's captcha is broken for the moment")
    raise BadRequest("captcha: not passed; solve it again")
