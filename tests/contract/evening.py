"""Calls a service and keeps what was said, for the examples of the reference: the same, byte for byte, each time.

What is random in it, or secret, is replaced.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from liveroom.api.declare import BASE
from tests.consoles import Browser
from tests.service import Answer, Service
from tests.worlds import WoundClock

BEGINS: Final = datetime(2026, 1, 1, 20, 0, 0, tzinfo=UTC)
_PAUSE: Final = timedelta(seconds=4)
"""Between two calls."""
_OF_EVERY_ANSWER: Final = frozenset({"version", "requestId"})
_SECRETS: Final[Mapping[str, str]] = {
    "commitment": "9f86d0…",
    "seed": "00ff31…",
    "token": "eyJ…",
    "totpSecret": "K5…",
    "totpUri": "otpauth://totp/liveroom:an-an?secret=K5…&issuer=liveroom",
    "userSig": "eJw…",
    "sdkUserSig": "eJw…",
    "secret": "whsec_…",
    "download": "exports/…",
    "appealToken": "-P7…",
    "signedTransaction": "eyJhbGciOiJFUzI1NiIsIng1YyI6WyJNSUlF…",
    "purchaseToken": "opaque-token-up-to-1500-characters.AO-J1O…",
    "identity": "watcher:v1.…",
    "link": "downloads/statistics.csv?ticket=eyJ…",
}
_RANDOM: Final = frozenset(
    {
        "accountId",
        "actor",
        "addedBy",
        "agencyId",
        "appKeyId",
        "approvalId",
        "auditId",
        "activityId",
        "battleId",
        "broadcastId",
        "by",
        "chargeId",
        "claimedBy",
        "creditId",
        "connectionId",
        "decidedBy",
        "envelopeId",
        "epoch",
        "exportId",
        "handledBy",
        "journalId",
        "recordingId",
        "hookId",
        "id",
        "invitationId",
        "keyId",
        "labelId",
        "lineId",
        "linkKey",
        "madeBy",
        "loginSecretId",
        "nextCursor",
        "noteId",
        "noticeId",
        "operatorId",
        "payoutId",
        "refundId",
        "refundOf",
        "reportId",
        "requestId",
        "reversalId",
        "reverses",
        "sentId",
        "sentIds",
        "sessionId",
        "statementId",
        "streamId",
        "stayId",
        "uploadId",
        "webhookId",
    }
)
"""Fields that may hold what is made up at random."""
_MEASURED: Final = frozenset({"milliseconds"})
_MADE_UP: Final = re.compile(
    r"(?P<kept>key:|(?:operator:|[a-z]{2}_)?-Ohv.{4}|)(?P<random>[-_0-9A-Za-z]{8,})(?P<line>\.\d+|)"
)
"""Of an id the time in it is kept, which is that of the stopped clock."""


class StoppedClock(WoundClock):
    """Shows when the evening begins, and what was added to it."""

    def now(self) -> datetime:
        return BEGINS + self.offset


@dataclass
class Evening:
    """A service on an evening, and the first call of each method."""

    service: Service
    _kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def call(self, by: str, method: str, /, **params: Any) -> Any:
        """Call a method with a token or a server key, or as nobody (""); return its data."""
        headers = {"authorization": f"Bearer {by}"} if by else {}
        return self._keep(method, params, await self.service.call(method, params, headers=headers))

    async def call_in(self, browser: Browser, method: str, /, **params: Any) -> Any:
        """Call a method as the console's page does; return its data."""
        return self._keep(method, params, await browser.call(method, params))

    def _keep(self, method: str, params: dict[str, Any], answer: Answer) -> Any:
        assert answer.code == 0, (method, answer.text)
        self.service.clock.advance(_PAUSE)
        said = {name: value for name, value in answer.body.items() if name not in _OF_EVERY_ANSWER}
        path = method.removeprefix("/") if method.startswith("/") else BASE + method
        self._kept.setdefault(path, {"call": params, "answer": said})
        return said.get("data")

    def show(self, method: str, change: Callable[[Any], Any]) -> None:
        """Have an example show other data: what is of one machine and one moment says nothing to readers."""
        answer = self._kept[BASE + method]["answer"]
        answer["data"] = change(answer["data"])

    def examples(self) -> dict[str, Any]:
        """Return the calls by their path, without what differs from one evening to the next."""
        kept = {path: self._kept[path] for path in sorted(self._kept)}
        names = {found: _name(found, number) for number, found in enumerate(dict.fromkeys(_random_in(self._kept)), 1)}
        without: dict[str, Any] = _replaced(kept, names)
        return without


def _name(found: str, number: int) -> str:
    """Return what stands for something random: as long, of the same digits, and the same each time."""
    parts = _MADE_UP.fullmatch(found)
    assert parts
    digits = hashlib.sha256(str(number).encode()).hexdigest()
    if not re.fullmatch("[0-9a-f]+", parts["random"]):
        digits = re.sub(r"[^0-9A-Za-z]", "", b64encode(digits.encode()).decode())
    return parts["kept"] + digits[: len(parts["random"])] + parts["line"]


def _random_in(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for inner, one in value.items():
            yield from _random_in(one, inner)
    elif isinstance(value, list):
        for one in value:
            yield from _random_in(one, name)
    elif isinstance(value, str) and _is_made_up(value, name):
        yield value


def _is_made_up(value: str, name: str) -> bool:
    return name in _RANDOM and _MADE_UP.fullmatch(value) is not None and not value.isdigit()


def _replaced(value: Any, names: Mapping[str, str], name: str = "") -> Any:
    if isinstance(value, dict):
        return {inner: _replaced(one, names, inner) for inner, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, names) for one in value]
    if value and name in _SECRETS:
        return _SECRETS[name]
    if name in _MEASURED:
        return 12
    return names.get(value, value) if isinstance(value, str) else value
