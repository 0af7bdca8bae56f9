"""A stand-in for Tencent's cloud API 3.0 on a port of this machine, as honest as its documentation lets it be.

It checks each call's TC3 signature over the bytes that came, with arithmetic of its own; knows which version each
action belongs to; answers documented errors; and can be slow, wrong or down. `on` adds actions to those it has:
SendSms, DescribeCaptchaResult and DescribeCaptchaMiniResult.
"""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

from liveroom.ports import Clock
from tests.servers import LOOPBACK

SECRET_ID: Final = "AKIDexampleexampleexample"
SECRET_KEY: Final = "examplesecretkey"
SMS_VERSION: Final = "2021-01-11"
CAPTCHA_VERSION: Final = "2019-07-22"
_AUTHORIZATION: Final = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>[^/]+)/(?P<service>[^/]+)/tc3_request, "
    r"SignedHeaders=(?P<signed>[a-z;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
_WINDOW: Final = 300

Action = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class VendorError(Exception):
    """What an action raises to be answered with ``Response.Error``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code: Final = code


class Mood(Enum):
    """How it answers."""

    WELL = auto()
    SILENT = auto()
    """It takes the call and says nothing until the mood changes."""
    NONSENSE = auto()
    """It answers what is no JSON."""
    ODD = auto()
    """It answers JSON that its documentation does not have."""
    BROKEN = auto()
    """It answers HTTP 502."""
    DOWN = auto()
    """It hangs up without a word."""


@dataclass(frozen=True)
class Call:
    """A call that was signed well."""

    action: str
    region: str
    parameters: Mapping[str, Any]


@dataclass
class FakeTencentCloud:
    """One account of Tencent's cloud; tests say what it knows and read what it was asked."""

    clock: Clock
    url: str = ""
    mood: Mood = Mood.WELL
    calls: list[Call] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=lambda: {"449739": 1, "449740": 2})
    """Approved templates of text messages, and how many parameters each has."""
    refused_numbers: set[str] = field(default_factory=set)
    captchas: dict[int, str] = field(default_factory=lambda: {2079625916: "captcha-secret", 2047711111: "mini-secret"})
    """Captcha applications and their AppSecretKey."""
    tickets: dict[str, str] = field(default_factory=dict)
    """Solved captchas: ticket and randstr. Each is good once."""

    def __post_init__(self) -> None:
        self.on("SendSms", SMS_VERSION, self._send_sms)
        self.on("DescribeSmsTemplateList", SMS_VERSION, self._list_templates)
        self.on("DescribeCaptchaResult", CAPTCHA_VERSION, self._judge_captcha)
        self.on("DescribeCaptchaMiniResult", CAPTCHA_VERSION, self._judge_mini_captcha)

    def on(self, action: str, version: str, answer: Action) -> None:
        """Answer an action of this version."""
        self.actions[action], self.versions[action] = answer, version

    def sent(self) -> list[Mapping[str, Any]]:
        """Return the text messages that were asked for."""
        return [call.parameters for call in self.calls if call.action == "SendSms"]

    def _send_sms(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if asked.get("TemplateId") not in self.templates:
            raise VendorError("FailedOperation.TemplateIncorrectOrUnapproved")
        if len(asked.get("TemplateParamSet", ())) != self.templates[asked["TemplateId"]]:
            raise VendorError("FailedOperation.TemplateParamSetNotMatchApprovedTemplate")
        if not asked.get("SignName") and any(number.startswith("+86") for number in asked["PhoneNumberSet"]):
            raise VendorError("FailedOperation.SignatureIncorrectOrUnapproved")
        return {"SendStatusSet": [self._status(number) for number in asked["PhoneNumberSet"]]}

    def _list_templates(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if asked.get("International") not in (0, 1):
            raise VendorError("InvalidParameter")
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
        code = "FailedOperation.PhoneNumberInBlacklist" if refused else "Ok"
        said = "number in blacklist" if refused else "send success"
        about = {"PhoneNumber": number, "SessionContext": "", "IsoCode": "CN"}
        return {
            **about,
            "SerialNo": "" if refused else "2019:1",
            "Fee": int(not refused),
            "Code": code,
            "Message": said,
        }

    def _judge_captcha(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._judged(asked, asked.get("Randstr"))

    def _judge_mini_captcha(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return self._judged(asked, self.tickets.get(asked["Ticket"]))

    def _judged(self, asked: Mapping[str, Any], randstr: object) -> Mapping[str, Any]:
        if asked.get("CaptchaType") != 9 or not asked.get("UserIp"):
            return {"CaptchaCode": 100, "CaptchaMsg": "param err"}
        if not isinstance(asked.get("CaptchaAppId"), int):
            raise VendorError("InvalidParameter")
        if self.captchas.get(asked["CaptchaAppId"]) != asked.get("AppSecretKey"):
            return {"CaptchaCode": 16, "CaptchaMsg": "appid no match"}
        if asked["Ticket"] not in self.tickets:
            return {"CaptchaCode": 9, "CaptchaMsg": "Sequnce repeat"}
        if randstr != self.tickets.pop(asked["Ticket"]):
            return {"CaptchaCode": 7, "CaptchaMsg": "captcha no match"}
        return {"CaptchaCode": 1, "CaptchaMsg": "OK", "EvilLevel": 0}

    def answer(self, headers: Mapping[str, str], payload: bytes) -> Mapping[str, Any]:
        """Return the ``Response`` to a call."""
        request = {"RequestId": "3c140219-cfe9-470e-b241-907877d6fb03"}
        try:
            self._check_signature(headers, payload)
            action = headers.get("x-tc-action", "")
            if action not in self.actions:
                raise VendorError("InvalidAction")
            if headers.get("x-tc-version") != self.versions[action]:
                raise VendorError("NoSuchVersion")
            asked = json.loads(payload)
            self.calls.append(Call(action, headers.get("x-tc-region", ""), asked))
            return {**self.actions[action](asked), **request}
        except VendorError as error:
            return {"Error": {"Code": error.code, "Message": "as documented"}, **request}

    def _check_signature(self, headers: Mapping[str, str], payload: bytes) -> None:
        said = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if said is None:
            raise VendorError("AuthFailure.InvalidAuthorization")
        if said["id"] != SECRET_ID:
            raise VendorError("AuthFailure.SecretIdNotFound")
        timestamp = headers["x-tc-timestamp"]
        if abs(self.clock.now().timestamp() - int(timestamp)) > _WINDOW:
            raise VendorError("AuthFailure.SignatureExpire")
        date = datetime.fromtimestamp(int(timestamp), UTC).strftime("%Y-%m-%d")
        names = said["signed"].split(";")
        if not {"content-type", "host"} <= set(names) or said["date"] != date:
            raise VendorError("AuthFailure.SignatureFailure")
        lines = "".join(f"{name}:{headers[name].strip().lower()}\n" for name in names)
        digest = hashlib.sha256(payload).hexdigest()
        canonical = hashlib.sha256(f"POST\n/\n\n{lines}\n{said['signed']}\n{digest}".encode()).hexdigest()
        text = f"TC3-HMAC-SHA256\n{timestamp}\n{date}/{said['service']}/tc3_request\n{canonical}"
        key = f"TC3{SECRET_KEY}".encode()
        for step in (date, said["service"], "tc3_request"):
            key = hmac.new(key, step.encode(), hashlib.sha256).digest()
        if hmac.new(key, text.encode(), hashlib.sha256).hexdigest() != said["signature"]:
            raise VendorError("AuthFailure.SignatureFailure")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the one call of a connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            named = (line.partition(":") for line in head[1:] if line)
            headers = {name.lower(): value.strip() for name, _, value in named}
            payload = await reader.readexactly(int(headers.get("content-length", "0")))
            if self.mood is Mood.SILENT:
                await reader.read()
            elif self.mood is not Mood.DOWN:
                writer.write(self._written(head[0], headers, payload))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _written(self, line: str, headers: Mapping[str, str], payload: bytes) -> bytes:
        status = "502 Bad Gateway" if self.mood is Mood.BROKEN else "200 OK"
        if self.mood is Mood.NONSENSE:
            body = b"<html>it works!</html>"
        elif self.mood is Mood.ODD:
            body = b'{"Response":{"RequestId":"1","SendStatusSet":[],"CaptchaCode":"one"}}'
        else:
            assert line.startswith("POST / "), line
            body = json.dumps({"Response": self.answer(headers, payload)}).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        return f"{head}Connection: close\r\n\r\n".encode() + body


@asynccontextmanager
async def tencent_cloud(clock: Clock) -> AsyncIterator[FakeTencentCloud]:
    """Yield a cloud that listens at its ``url``."""
    fake = FakeTencentCloud(clock)
    server = await asyncio.start_server(fake.serve, LOOPBACK, 0)
    fake.url = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield fake
