"""What Tencent calls the service with: each callback signed as its vendor does, sent once, late, twice or not at all.

IM waits two seconds and does not try again. TRTC waits five, tries again at once and then every ten seconds, until the
event is a minute old. CSS waits twenty and tries twelve times more, each a minute after the one before.
"""

import asyncio
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from hashlib import md5, sha256
from typing import Any, Final, NamedTuple

import httpx

from liveroom import deadlines
from liveroom.simulate.im_state import millis

IM_SECONDS, TRTC_SECONDS, CSS_SECONDS = 2.0, 5.0, 20.0
_CSS_GOOD_FOR: Final = 600
_HELD: Final = 5.0
"""Seconds that a callback waits for another to overtake it."""


class Mishap(Enum):
    """What happens to a callback on its way."""

    LOST = "lost"
    DOUBLED = "doubled"
    OVERTAKEN = "overtaken"
    """It arrives after the next of the same vendor, or after five seconds."""
    LATE = "late"
    FORGED = "forged"
    """Its signature is wrong."""


@dataclass
class CallbackFault:
    """What happens to callbacks: of one vendor and name or, where none is named, of all."""

    mishap: Mishap
    vendor: str = ""
    name: str = ""
    seconds: float = 0.0
    """How late."""
    times: int = 1
    """How many are left; 0: all until the fault is taken away."""


class SentCallback(NamedTuple):
    """One callback as it is sent."""

    path: str
    content: bytes
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    vendor: str = ""
    name: str = ""


class CallbackOutcome(NamedTuple):
    """What became of one attempt: the HTTP status, or 0 and a word."""

    callback: SentCallback
    status: int
    said: str
    fault: str = ""


class RetryPolicy(NamedTuple):
    """How long a vendor waits for an answer, and when it tries again what was not taken."""

    seconds: float
    pause: float = 0.0
    """Before it tries again first, as ``then`` before each time after that."""
    then: float = 0.0
    age: float = 0.0
    """How old what it says may be at most."""


_RETRIES: Final[Mapping[str, RetryPolicy]] = {
    "im": RetryPolicy(IM_SECONDS),
    "trtc": RetryPolicy(TRTC_SECONDS, 0.0, 10.0, 60.0),
    "css": RetryPolicy(CSS_SECONDS, 60.0, 60.0, 12 * 60.0 + 1),
}


class CallbackKeys(NamedTuple):
    """With what callbacks are signed, and for which application."""

    app: int
    im_token: str
    trtc_key: str


def im_callback(
    keys: CallbackKeys, command: str, content: bytes, now: datetime, platform: str = "Android"
) -> SentCallback:
    """Return a callback of IM with this body, signed for this moment."""
    stamp = str(int(now.timestamp()))
    query = {
        "SdkAppid": str(keys.app),
        "CallbackCommand": command,
        "contenttype": "json",
        "ClientIP": "127.0.0.1",
        "OptPlatform": platform,
        "Sign": sha256(f"{keys.im_token}{stamp}".encode()).hexdigest(),
        "RequestTime": stamp,
    }
    return SentCallback("/callbacks/im", content, query, {"Content-Type": "application/json"}, "im", command)


def trtc_callback(
    keys: CallbackKeys, event: int, room: int | str, user: str, now: datetime, **info: Any
) -> SentCallback:
    """Return an event of a media room, signed over its bytes; ``user`` is "" where an event is nobody's."""
    at = millis(now)
    said = {"RoomId": room, "EventTs": at // 1000, "EventMsTs": at, **({"UserId": user} if user else {}), **info}
    body = {"EventGroupId": event // 100, "EventType": event, "CallbackTs": at + 8, "EventInfo": said}
    return trtc_signed(keys, json.dumps(body).encode(), str(event))


def trtc_label(keys: CallbackKeys, room: int | str, user: str, now: datetime, found: Mapping[str, Any]) -> SentCallback:
    """Return a result of content moderation in a media room; ``found`` is what TRTC says in ``Payload``."""
    at = millis(now)
    said = {"RoomId": room, "EventTs": at // 1000, "EventMsTs": at, "StreamerUserId": user, "TaskId": "simulated"}
    body = {"EventGroupId": 11, "EventType": 1104, "CallbackTs": at + 8, "EventInfo": {**said, "Payload": dict(found)}}
    return trtc_signed(keys, json.dumps(body).encode(), "1104")


def im_label(
    keys: CallbackKeys, room: str, user: str, text: str, now: datetime, *, label: str, suggestion: str
) -> SentCallback:
    """Return what content moderation has found in what a user wrote, in a group or ("") in their profile."""
    command = "ContentCallback.ResultNotify"
    where = {"Scene": "Group", "ContactItem": {"ContactType": 2, "ToGroupId": room}} if room else {"Scene": "UserInfo"}
    said = {"CallbackCommand": command, **where, "SdkAppId": keys.app, "From_Account": user, "ContentType": "Text"}
    found = {"TextContent": [text], "CtxcbResult": 1, "CtxcbLabel": label, "CtxcbSuggestion": suggestion}
    body = {**said, **found, "EventTime": millis(now)}
    return im_callback(keys, command, json.dumps(body).encode(), now)


def trtc_signed(keys: CallbackKeys, content: bytes, name: str = "") -> SentCallback:
    """Return these bytes as TRTC signs and sends them."""
    sign = b64encode(hmac.digest(keys.trtc_key.encode(), content, "sha256")).decode()
    headers = {"Content-Type": "application/json", "Sign": sign, "SdkAppId": str(keys.app)}
    return SentCallback("/callbacks/trtc", content, {}, headers, "trtc", name)


def css_callback(key: str, event: int, said: Mapping[str, Any], now: datetime) -> SentCallback:
    """Return an event of a push: what is signed is the time alone until which it is good."""
    until = int(now.timestamp()) + _CSS_GOOD_FOR
    sign = md5(f"{key}{until}".encode(), usedforsecurity=False).hexdigest()
    body = {**said, "event_type": event, "t": until, "sign": sign}
    headers = {"Content-Type": "application/json"}
    return SentCallback("/callbacks/streams/css", json.dumps(body).encode(), {}, headers, "css", str(event))


@dataclass
class CallbackSender:
    """The way to the service at ``target``; "" sends nothing. ``outcome`` hears of each attempt."""

    target: str
    outcome: Callable[[CallbackOutcome], None]
    faults: list[CallbackFault] = field(default_factory=list)
    _held: list[tuple[str, asyncio.Event]] = field(default_factory=list)
    """Vendors of callbacks that wait to be overtaken; the event is set when they are."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)
    _http: httpx.AsyncClient | None = None
    """Made when it is needed first: most tests call nobody back."""

    def send(self, callback: SentCallback) -> None:
        """Send in the background, in the order of its vendor's callbacks."""
        if not self.target:
            self.outcome(CallbackOutcome(callback, 0, "not sent: no service is named"))
            return
        fault = self._fault(callback)
        mishap = fault.mishap if fault else None
        if mishap is Mishap.LOST:
            self.outcome(CallbackOutcome(callback, 0, "not sent", "lost"))
            return
        if mishap is Mishap.OVERTAKEN:
            overtaken = asyncio.Event()
            self._held.append((callback.vendor, overtaken))
            self._begin(self._hold(callback, overtaken))
            return
        wrong = _forged(callback) if mishap is Mishap.FORGED else callback
        word = mishap.value if mishap else ""
        self._begin(self._deliver(wrong, word, seconds=fault.seconds if fault and mishap is Mishap.LATE else 0.0))
        if mishap is Mishap.DOUBLED:
            self._begin(self._deliver(callback, word))
        for _, overtaken in [held for held in self._held if held[0] == callback.vendor]:
            overtaken.set()

    async def close(self) -> None:
        """Give up what is under way, and hang up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.aclose()

    async def drain(self) -> None:
        """Wait until everything was sent or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(trust_env=False)
        return self._http

    def _begin(self, work: Any) -> None:
        task = deadlines.spawn(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _fault(self, callback: SentCallback) -> CallbackFault | None:
        for fault in self.faults:
            if fault.vendor in ("", callback.vendor) and fault.name in ("", callback.name):
                if fault.times == 1:
                    self.faults.remove(fault)
                fault.times = max(0, fault.times - 1)
                return fault
        return None

    async def _hold(self, callback: SentCallback, overtaken: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_HELD):
                await overtaken.wait()
        self._held = [held for held in self._held if held[1] is not overtaken]
        await self._deliver(callback, Mishap.OVERTAKEN.value)

    async def _deliver(self, callback: SentCallback, fault: str = "", seconds: float = 0.0) -> None:
        await asyncio.sleep(seconds)
        begun = asyncio.get_running_loop().time()
        async with self._turns.setdefault(callback.vendor, asyncio.Lock()):
            done = await self._try(callback, fault)
        policy = _RETRIES[callback.vendor]
        pause = policy.pause
        while not done and asyncio.get_running_loop().time() + pause - begun < policy.age:
            await asyncio.sleep(pause)
            done, pause = await self._try(callback, fault), policy.then

    async def _try(self, callback: SentCallback, fault: str) -> bool:
        try:
            answer = await self._client().post(
                f"{self.target}{callback.path}",
                params=callback.query,
                content=callback.content,
                headers=callback.headers,
                timeout=_RETRIES[callback.vendor].seconds,
            )
        except httpx.HTTPError as failure:
            self.outcome(CallbackOutcome(callback, 0, f"no answer ({type(failure).__name__})", fault))
            return False
        self.outcome(CallbackOutcome(callback, answer.status_code, answer.text[:500], fault))
        return answer.status_code == httpx.codes.OK


def _forged(callback: SentCallback) -> SentCallback:
    """Return a callback with a signature that nobody's key makes."""
    if callback.vendor == "trtc":
        return callback._replace(headers={**callback.headers, "Sign": "Zm9yZ2Vk"})
    if callback.vendor == "css":
        return callback._replace(content=json.dumps({**json.loads(callback.content), "sign": "0" * 32}).encode())
    return callback._replace(query={**callback.query, "Sign": "0" * 64})
