"""A browser in which the console is open: it keeps the cookie, and sends what the console's page sends."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyotp

from liveroom.app.operators import OperatorServices
from tests.service import Answer, Caller, Service

PASSWORD: Final = "correct horse battery"
CHROME: Final = "Mozilla/5.0 (X11; Linux) Chrome/140"
_HEADERS: Final = {"x-liveroom-console": "1", "user-agent": CHROME, "accept-language": "en"}
_numbers = itertools.count(1)


@dataclass
class Browser:
    """One browser; it sends no cookie before somebody signs in."""

    caller: Caller
    cookies: str = ""
    operator: str = ""
    """The id of whoever is signed in."""
    name: str = ""
    host: str = ""
    """At which address it opens the console; "" for the service's public one."""

    async def call(
        self, method: str, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Call as the page does; ``headers`` may change what it sends."""
        sent = {**_HEADERS, "cookie": self.cookies, "host": self.host, **(headers or {})}
        answer = await self.caller.call(method, params, headers={name: text for name, text in sent.items() if text})
        for kept in answer.headers.get_list("set-cookie"):
            self.cookies = "" if "Max-Age=0" in kept else kept.partition(";")[0]
        return answer

    async def sign_in(self, name: str, password: str = PASSWORD, code: str = "", **headers: str) -> Answer:
        """Sign in."""
        given = {"name": name, "password": password, "code": code}
        return await self.call("operators/sign_in", given, headers)


def operators(service: Service) -> OperatorServices:
    """Return the use cases of operators."""
    return service.services.console.operators


async def invite(service: Service, *roles: str, tenants: Sequence[str] = ("*",), name: str = "") -> str:
    """Add an operator, and return the token of their link."""
    name = name or f"operator-{next(_numbers)}"
    linked = await operators(service).accounts.add(None, name, roles=roles or ("administrator",), tenants=tenants)
    return linked.token


async def signed_in(service: Service, *roles: str, tenants: Sequence[str] = ("*",), name: str = "") -> Browser:
    """Return a browser in which a fresh operator has accepted their invitation."""
    browser = Browser(service)
    given = {"token": await invite(service, *roles, tenants=tenants, name=name), "password": PASSWORD}
    me = (await browser.call("operators/accept_invitation", given)).data["me"]
    browser.operator, browser.name = me["operatorId"], me["name"]
    return browser


@dataclass(frozen=True)
class WithSecondFactor:
    """An operator who has set up a second factor."""

    browser: Browser
    totp: pyotp.TOTP
    recovery: Sequence[str]


async def with_second_factor(service: Service, *roles: str, name: str = "with-a-factor") -> WithSecondFactor:
    """Return a browser in which a fresh operator has set up a second factor."""
    browser, token = Browser(service, name=name), await invite(service, *roles, name=name)
    shown = (await browser.call("operators/invitation", {"token": token})).data
    totp = pyotp.TOTP(secret_of(shown["totpUri"]))
    given = {"token": token, "password": PASSWORD, "code": totp.at(service.clock.now())}
    accepted = (await browser.call("operators/accept_invitation", given)).data
    browser.operator = accepted["me"]["operatorId"]
    return WithSecondFactor(browser, totp, accepted["recoveryCodes"])


def secret_of(uri: str) -> str:
    """Return the secret in what an app for second factors reads."""
    found = re.search(r"secret=([A-Z2-7]+)", uri)
    assert found, uri
    return found[1]
