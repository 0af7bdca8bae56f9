"""Everything that codes travel by, stood in for: Tencent's cloud for captcha and text messages, and a mail server."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from liveroom.clock import SystemClock
from liveroom.simulate.simulator import Simulator
from tests.service import Answer, Caller, Service
from tests.vendors.mail import MailServer, mail_server
from tests.vendors.simulator import (
    CAPTCHA,
    CAPTCHA_SECRET,
    MINI,
    MINI_SECRET,
    SECRET_ID,
    SECRET_KEY,
    SharedClock,
    simulator,
)


@dataclass
class CodeVendors:
    """The vendors of one service."""

    tencent: Simulator
    mail: MailServer

    def solve(self, ticket: str, randstr: str = "@Vki") -> dict[str, Any]:
        """Solve a captcha as a person does; return what an app sends on."""
        self.tencent.captcha.tickets[ticket] = randstr
        return {"appId": str(CAPTCHA), "ticket": ticket, "randstr": randstr}

    async def ask(self, caller: Caller, *, ticket: str = "", phone: str = "8613800000000", email: str = "") -> Answer:
        """Ask for a code; without a ``ticket``, with a captcha solved for it."""
        solved = self.solve("solved") if not ticket else {"appId": CAPTCHA, "ticket": ticket, "randstr": "r"}
        return await caller.call("auth_users/user_verify_by_picture", {**solved, "phone": phone, "email": email})

    def asked(self) -> list[str]:
        """Return the actions of the cloud that were asked for, in their order."""
        return [entry.name for entry in self.tencent.journal.since(0)]

    def texted(self) -> str:
        """Return the code in the newest text message."""
        return str(self.tencent.sms.sent()[-1]["TemplateParamSet"][0])

    def settings(self) -> dict[str, Any]:
        """Return settings of a service that sends through them."""
        return {
            "sms": "tencent",
            "tencent_secret_id": SECRET_ID,
            "tencent_secret_key": SECRET_KEY,
            "sms_sdk_app_id": "1400006666",
            "sms_sign_name": "小直播",
            "sms_template_id": "449739",
            "sms_url": self.tencent.sms.endpoint.url,
            "captcha": "tencent",
            "captcha_url": self.tencent.captcha.endpoint.url,
            "captcha_web_appid": CAPTCHA,
            "captcha_web_secret": CAPTCHA_SECRET,
            "captcha_wxmini_appid": MINI,
            "captcha_wxmini_secret": MINI_SECRET,
            "smtp_url": f"smtp://127.0.0.1:{self.mail.port}",
            "smtp_tls": False,
            "email_from": "Live <no-reply@example.com>",
        }


@asynccontextmanager
async def code_vendors(
    start: Callable[..., AbstractAsyncContextManager[Service]], **settings: Any
) -> AsyncIterator[tuple[Service, CodeVendors]]:
    """Yield a service that sends codes for real, and the vendors that it sends them through."""
    clock = SharedClock(SystemClock())
    async with simulator(clock) as tencent, mail_server() as mail:
        vendors = CodeVendors(tencent, mail)
        async with start(**vendors.settings(), **settings) as service:
            # The vendors' clock is the service's, so that a test may let time pass for both.
            clock.of = service.clock
            yield service, vendors
