"""The simulator put together: five vendors on one port, the callbacks that they send, and what has happened."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from liveroom.ports import Clock
from liveroom.settings import simulated
from liveroom.simulate.callbacks import (
    CallbackKeys,
    CallbackOutcome,
    CallbackSender,
    css_callback,
    im_callback,
    trtc_callback,
)
from liveroom.simulate.cloud import CloudAccount, action_of
from liveroom.simulate.codes import CaptchaSimulator, SmsSimulator
from liveroom.simulate.css import SIMULATED, CssSimulator, SimulatedCss
from liveroom.simulate.endpoint import Mood, VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.journal import Journal
from liveroom.simulate.pace import CallPace
from liveroom.simulate.recordings import RecordingSimulator
from liveroom.simulate.serving import Answering, listening
from liveroom.simulate.tencent_im import PATH, ImSimulator, command_of, subject_of
from liveroom.simulate.trtc import TrtcSimulator

VENDORS: Final = ("im", "trtc", "sms", "captcha", "css")
_NOT_FOUND: Final = VendorResponse(b'{"error":"there is nothing here"}', 404)


@dataclass(frozen=True)
class SimulatorKeys:
    """What the simulator accepts, and signs with."""

    apps: Mapping[int, str] = field(default_factory=lambda: {simulated.SDK_APP_ID: simulated.SDK_SECRET})
    """SDKAppIDs and their SecretKeys; callbacks are the first one's."""
    secret_id: str = simulated.SECRET_ID
    secret_key: str = simulated.SECRET_KEY
    im_token: str = simulated.IM_TOKEN
    trtc_key: str = simulated.TRTC_KEY
    captchas: Mapping[int, str] = field(default_factory=lambda: simulated.CAPTCHAS)
    css: SimulatedCss = SIMULATED

    @property
    def callbacks(self) -> CallbackKeys:
        return CallbackKeys(next(iter(self.apps)), self.im_token, self.trtc_key)


class Simulator:
    """Tencent on this machine. ``target`` is the service's address, where callbacks go: "" sends none."""

    def __init__(
        self, clock: Clock, keys: SimulatorKeys | None = None, *, target: str = "", paced: bool = False
    ) -> None:
        self.clock: Final = clock
        self.keys: Final = keys or SimulatorKeys()
        self.journal: Final = Journal(clock)
        self.callbacks: Final = CallbackSender(target, self._note_callback)
        pace = CallPace(clock) if paced else None
        account = CloudAccount(clock, self.keys.secret_id, self.keys.secret_key)
        self.im: Final = ImSimulator(clock, dict(self.keys.apps), self._tell_im, pace=pace)
        self.trtc: Final = TrtcSimulator(account, tell=self._tell_trtc, pace=pace, apps=self.im.secrets)
        self.recordings: Final = RecordingSimulator(self.trtc, self.im.secrets, clock)
        self.sms: Final = SmsSimulator(account)
        self.captcha: Final = CaptchaSimulator(account, apps=dict(self.keys.captchas))
        self.css: Final = CssSimulator(account, self._tell_css, self.keys.css)
        self.site: Answering | None = None
        """Answers what is no vendor's: the page and what it asks."""

    def endpoints(self) -> Mapping[str, VendorEndpoint]:
        """Return where each vendor is asked."""
        found = (self.im.endpoint, self.trtc.endpoint, self.sms.endpoint, self.captcha.endpoint)
        return dict(zip(VENDORS, (*found, self.css.service.endpoint), strict=True))

    async def answer(self, request: VendorRequest, hung_up: Callable[[], Awaitable[object]]) -> VendorResponse | None:
        """Have the vendor answer that a call is for."""
        vendor = self._vendor_of(request)
        if not vendor:
            return await self.site(request, hung_up) if self.site else _NOT_FOUND
        response, fault = await self.endpoints()[vendor].respond(request, hung_up)
        word = fault.code or (fault.mood.value if fault.mood is not Mood.WELL else "slow" if fault.seconds else "")
        self._note_call(vendor, request, response, word)
        return response

    def _vendor_of(self, request: VendorRequest) -> str:
        if request.method != "POST":
            return ""
        if request.target.startswith(PATH):
            return "im"
        if request.target != "/" or not action_of(request):
            return ""
        of_cloud = {"sms": self.sms.actions, "captcha": self.captcha.actions, "css": self.css.service.actions}
        return next((name for name, actions in of_cloud.items() if action_of(request) in actions), "trtc")

    def _note_call(self, vendor: str, request: VendorRequest, response: VendorResponse | None, fault: str) -> None:
        asked, status = request.body.decode(errors="replace"), response.status if response else 0
        answered = response.body.decode(errors="replace") if response else ""
        name = command_of(request) if vendor == "im" else action_of(request)
        self.journal.add(
            "call", vendor, name, about=about(asked), asked=asked, answered=answered, status=status, fault=fault
        )

    def _note_callback(self, outcome: CallbackOutcome) -> None:
        sent, content = outcome.callback, outcome.callback.content.decode(errors="replace")
        self.journal.add(
            "callback", sent.vendor, sent.name, about=about(content), asked=content, answered=outcome.said,
            status=outcome.status, fault=outcome.fault,
        )  # fmt: skip

    def _tell_im(self, command: str, body: Mapping[str, Any], platform: str) -> None:
        content = json.dumps(body).encode()
        self.callbacks.send(im_callback(self.keys.callbacks, command, content, self.clock.now(), platform))

    def _tell_trtc(self, event: int, room: int | str, user: str, info: Mapping[str, Any]) -> None:
        self.callbacks.send(trtc_callback(self.keys.callbacks, event, room, user, self.clock.now(), **info))

    def _tell_css(self, event: int, said: Mapping[str, Any]) -> None:
        self.callbacks.send(css_callback(self.keys.css.callback, event, said, self.clock.now()))


def about(text: str) -> str:
    """Return whom or what a call or callback is about."""
    try:
        said = json.loads(text)
    except ValueError:
        return ""
    if not isinstance(said, dict):
        return ""
    info = said.get("EventInfo") or said.get("Info") or {}
    numbers = said.get("PhoneNumberSet") or [""]
    found = said.get("RoomId") or info.get("RoomId") or info.get("To_Account") or numbers[0] or said.get("CaptchaAppId")
    return str(found or said.get("StreamName") or said.get("stream_id") or subject_of(said))


@asynccontextmanager
async def simulating(simulator: Simulator, port: int = 0) -> AsyncIterator[str]:
    """Run a simulator on a port of this machine, a free one for 0, until the block ends; yields its address."""
    async with listening(simulator.answer, port) as url:
        for endpoint in simulator.endpoints().values():
            endpoint.url = url
        try:
            yield url
        finally:
            for endpoint in simulator.endpoints().values():
                endpoint.let_go()
            await simulator.callbacks.close()
