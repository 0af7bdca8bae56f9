"""Codes by text message, through Tencent Cloud SMS (``SendSms``)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from liveroom.domain.accounts.contacts import CODE_LIFE, Contact
from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable, SmsFailed
from liveroom.domain.tenants.model import Language
from liveroom.providers.tencent.cloud import TencentCloud

VERSION: Final = "2021-01-11"
_CHINA: Final = "+86"
_APPROVED: Final = 0
_MINUTES: Final = str(int(CODE_LIFE.total_seconds() // 60))


@dataclass(frozen=True, slots=True)
class SmsApp:
    """What Tencent has approved: an application, a signature, and templates with their parameters."""

    sdk_app_id: str
    sign_name: str
    template: str
    template_abroad: str = ""
    """For numbers outside mainland China, whose messages need a template of their own; "" for the same."""
    names_minutes: bool = False
    """The templates have a second parameter: for how many minutes the code is good."""


class TencentSms:
    """``ports.CodeSender`` for phone numbers."""

    def __init__(self, cloud: TencentCloud, app: SmsApp, region: str) -> None:
        self._cloud: Final = cloud
        self._app: Final = app
        self._region: Final = region

    async def send(self, contact: Contact, code: str, language: Language) -> None:
        try:
            response = await self._cloud.call(
                "SendSms", VERSION, self._message(contact.value, code), region=self._region
            )
            status = response["SendStatusSet"][0]["Code"]
        except ProviderUnavailable as failure:
            raise SmsFailed(str(failure)) from failure
        except (KeyError, IndexError, TypeError) as failure:
            raise SmsFailed("Tencent does not say what became of the message") from failure
        if status != "Ok":
            raise SmsFailed(f"Tencent does not send it: {status}")

    def _message(self, number: str, code: str) -> dict[str, Any]:
        is_abroad = not number.startswith(_CHINA)
        return {
            "SmsSdkAppId": self._app.sdk_app_id,
            "SignName": "" if is_abroad and self._app.template_abroad else self._app.sign_name,
            "TemplateId": (is_abroad and self._app.template_abroad) or self._app.template,
            "TemplateParamSet": [code, _MINUTES] if self._app.names_minutes else [code],
            "PhoneNumberSet": [number],
        }


async def template_problems(cloud: TencentCloud, app: SmsApp, region: str) -> Sequence[str]:
    """Return what is wrong with the application's templates. Raises ``ProviderUnavailable``."""
    problems: list[str] = []
    kinds = [(app.template, bool(app.sign_name)), (app.template_abroad, False)]
    for template, is_chinese in kinds:
        if not template:
            continue
        asked = {"International": int(not is_chinese), "TemplateIdSet": [int(template)]}
        response = await cloud.call("DescribeSmsTemplateList", VERSION, asked, region=region)
        try:
            found = {str(one["TemplateId"]): one for one in response["DescribeTemplateStatusSet"]}
            problems += _problems(template, found.get(template), 2 if app.names_minutes else 1)
        except (KeyError, TypeError) as failure:
            raise ProviderNonsense("Tencent does not say how the templates stand") from failure
    return problems


def _problems(template: str, found: dict[str, Any] | None, parameters: int) -> Sequence[str]:
    if found is None:
        return [f"Tencent knows no template {template}"]
    if found["StatusCode"] != _APPROVED:
        return [f"template {template} is not approved"]
    there = len(set(re.findall(r"\{\d+\}", found["TemplateContent"])))
    if there != parameters:
        return [f"template {template} has {there} parameters, and {parameters} would be sent"]
    return []
