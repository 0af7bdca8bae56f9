"""What codes travel by: Tencent Cloud SMS with approved templates, and the captcha that is solved before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, Final

from liveroom.simulate.cloud import Asked, CloudError, CloudService

SMS_VERSION: Final = "2021-01-11"
CAPTCHA_VERSION: Final = "2019-07-22"
_KIND: Final = 9


@dataclass
class SmsSimulator(CloudService):
    """Text messages; nobody gets them."""

    templates: dict[str, int] = field(default_factory=lambda: {"449739": 1, "449740": 2})
    """Approved templates, and how many parameters each has."""
    refused_numbers: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.on("SendSms", SMS_VERSION, self._send)
        self.on("DescribeSmsTemplateList", SMS_VERSION, self._list_templates)

    def sent(self) -> list[Asked]:
        """Return the text messages that were asked for."""
        return [call.parameters for call in self.calls if call.action == "SendSms"]

    def _send(self, asked: Asked) -> Mapping[str, Any]:
        if asked.get("TemplateId") not in self.templates:
            raise CloudError("FailedOperation.TemplateIncorrectOrUnapproved")
        if len(asked.get("TemplateParamSet", ())) != self.templates[asked["TemplateId"]]:
            raise CloudError("FailedOperation.TemplateParamSetNotMatchApprovedTemplate")
        if not asked.get("SignName") and any(number.startswith("+86") for number in asked["PhoneNumberSet"]):
            raise CloudError("FailedOperation.SignatureIncorrectOrUnapproved")
        return {"SendStatusSet": [self._status(number) for number in asked["PhoneNumberSet"]]}

    def _list_templates(self, asked: Asked) -> Mapping[str, Any]:
        if asked.get("International") not in (0, 1):
            raise CloudError("InvalidParameter")
        found = [
            {
                "TemplateId": id,
                "StatusCode": 0,
                "TemplateContent": "".join(f"{{{number + 1}}}" for number in range(self.templates[str(id)])),
            }
            for id in asked["TemplateIdSet"]
            if str(id) in self.templates
        ]
        return {"DescribeTemplateStatusSet": found}

    def _status(self, number: str) -> Mapping[str, Any]:
        refused = number in self.refused_numbers
        return {
            "PhoneNumber": number,
            "SessionContext": "",
            "IsoCode": "CN",
            "SerialNo": "" if refused else "2019:1",
            "Fee": int(not refused),
            "Code": "FailedOperation.PhoneNumberInBlacklist" if refused else "Ok",
            "Message": "number in blacklist" if refused else "send success",
        }


@dataclass
class CaptchaSimulator(CloudService):
    """The captcha: whoever is told of it solves it."""

    apps: dict[int, str] = field(default_factory=dict)
    """Applications and their AppSecretKey."""
    tickets: dict[str, str] = field(default_factory=dict)
    """Solved captchas: ticket and randstr. Each is good once."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.on("DescribeCaptchaResult", CAPTCHA_VERSION, self._judge)
        self.on("DescribeCaptchaMiniResult", CAPTCHA_VERSION, self._judge_mini)

    def solve(self) -> tuple[str, str]:
        """Solve a captcha as a person does; return the ticket and the randstr that the SDK would return."""
        ticket, randstr = f"t03{token_hex(16)}", f"@{token_hex(2)}"
        self.tickets[ticket] = randstr
        return ticket, randstr

    def _judge(self, asked: Asked) -> Mapping[str, Any]:
        return self._judged(asked, asked.get("Randstr"))

    def _judge_mini(self, asked: Asked) -> Mapping[str, Any]:
        return self._judged(asked, self.tickets.get(asked["Ticket"]))

    def _judged(self, asked: Asked, randstr: object) -> Mapping[str, Any]:
        if asked.get("CaptchaType") != _KIND or not asked.get("UserIp"):
            return {"CaptchaCode": 100, "CaptchaMsg": "param err"}
        if not isinstance(asked.get("CaptchaAppId"), int):
            raise CloudError("InvalidParameter")
        if self.apps.get(asked["CaptchaAppId"]) != asked.get("AppSecretKey"):
            return {"CaptchaCode": 16, "CaptchaMsg": "appid no match"}
        if asked["Ticket"] not in self.tickets:
            return {"CaptchaCode": 9, "CaptchaMsg": "Sequnce repeat"}
        if randstr != self.tickets.pop(asked["Ticket"]):
            return {"CaptchaCode": 7, "CaptchaMsg": "captcha no match"}
        return {"CaptchaCode": 1, "CaptchaMsg": "OK", "EvilLevel": 0}
