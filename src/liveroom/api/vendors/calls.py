"""Tencent's server calls (``/v4/<service>/<command>``), answered here in its form, with its codes and limits.

An operator's server that calls Tencent's gifts, say, need only call another host. Who calls is the application's
administrator, by a UserSig in the address; what goes wrong is in ``ErrorCode``, and the status of HTTP is always 200.
Each part of that is on only if the operator names it (``LIVEROOM_TENCENT_CALLS``).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

import msgspec
from structlog import get_logger

from liveroom.domain.errors import Unavailable
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Live

log = get_logger("liveroom.api")

HTTP_WRONG: Final = 60002
JSON_WRONG: Final = 60003
APP_UNKNOWN: Final = 60006
TOO_OFTEN: Final = 60007
NOT_ADMINISTRATOR: Final = 60010
APP_MISSING: Final = 60012
COMMAND_UNKNOWN: Final = 10003
_SECOND: Final = timedelta(seconds=1)
_NUMBER_MAX: Final = 2**32
_DIGITS: Final = 10
"""Of a number that fits."""

Said = Mapping[str, Any]


class VendorRefusal(Exception):
    """The call is refused with one of Tencent's codes, and a sentence for whoever reads it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


class VendorCaller(NamedTuple):
    """Who calls, and as which address they know this service."""

    tenant: Tenant
    origin: str
    """``https://live.example.com/base``, without a slash at its end."""


@dataclass(frozen=True, slots=True)
class VendorCommand:
    """One command, as Tencent has it."""

    path: str
    """``live_engine_http_srv/get_gift``."""
    answer: Callable[[VendorCaller, Said], Awaitable[Said]]
    """Returns what is beside ``ErrorCode``; raises ``VendorRefusal``."""
    a_second: int
    """How often one application may call it in a second."""
    too_often: int = TOO_OFTEN
    """The code above that."""
    failed: int = 100001
    """The code where something does not answer that the service depends on."""


Verify = Callable[[int, str, str], Tenant]
"""From SDKAppID, account and UserSig to whose administrator calls. Raises ``VendorRefusal``."""


class VendorCalls:
    """Answers them."""

    def __init__(self, commands: Iterable[VendorCommand], verify: Verify, live: Live) -> None:
        self._commands: Final = {command.path: command for command in commands}
        self._verify: Final = verify
        self._live: Final = live

    async def answer(self, path: str, query: Mapping[str, str], body: bytes, origin: str, request_id: str) -> Said:
        """Return the answer to a call of ``<service>/<command>``."""
        try:
            found = await self._carried_out(path, query, body, origin)
        except VendorRefusal as refusal:
            found = {"ActionStatus": "FAIL", "ErrorCode": refusal.code, "ErrorInfo": refusal.text}
        return {**found, "RequestId": request_id}

    async def _carried_out(self, path: str, query: Mapping[str, str], body: bytes, origin: str) -> Said:
        tenant = self._caller(query)
        command = self._commands.get(path)
        if command is None:
            raise VendorRefusal(COMMAND_UNKNOWN, "there is no such command here")
        said = read_said(body)
        try:
            key = f"v4:{tenant.name}:{path}"
            if not await self._live.hit(key, limit=command.a_second, window=_SECOND):
                raise VendorRefusal(command.too_often, f"at most {command.a_second} in a second")
            reply = await command.answer(VendorCaller(tenant, origin), said)
        except Unavailable as failure:
            log.warning("vendor_call.unavailable", command=path, cause=repr(failure.__cause__ or failure))
            raise VendorRefusal(command.failed, "the service is temporarily unavailable: try again") from failure
        return {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", **reply}

    def _caller(self, query: Mapping[str, str]) -> Tenant:
        app = _number(query.get("sdkappid", ""))
        if app is None:
            raise VendorRefusal(APP_MISSING, "sdkappid: a number")
        tenant = self._verify(app, query.get("identifier", ""), query.get("usersig", ""))
        if _number(query.get("random", "0")) is None or query.get("contenttype", "json") != "json":
            raise VendorRefusal(HTTP_WRONG, "random: a number of 32 bits; contenttype: json")
        return tenant


def read_said(body: bytes) -> Said:
    """Return the parameters of a call. Raises ``VendorRefusal`` for what is no JSON object."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        raise VendorRefusal(JSON_WRONG, "the body must be a JSON object") from None


def text_in(said: Said, name: str, code: int, *, most: int = 256) -> str:
    """Return a text that has to be there. Raises ``VendorRefusal`` with the code for a wrong parameter."""
    found = said.get(name)
    if not isinstance(found, str) or not 1 <= len(found) <= most:
        raise VendorRefusal(code, f"{name}: a text")
    return found


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
    return int(text) if is_number and int(text) < _NUMBER_MAX else None
