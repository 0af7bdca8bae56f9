"""What one can make the simulator do: what apps do by their SDKs, faults, and callbacks of any content.

A step is a JSON object whose ``do`` names it. The page, scripts and tests all send these.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from liveroom.simulate.callbacks import (
    CallbackFault,
    Mishap,
    css_callback,
    im_callback,
    im_label,
    trtc_label,
    trtc_signed,
)
from liveroom.simulate.css import StreamRefusal
from liveroom.simulate.endpoint import CallFault, Mood
from liveroom.simulate.im_state import ImRefusal
from liveroom.simulate.simulator import VENDORS, Simulator
from liveroom.simulate.tickets import ALL
from liveroom.simulate.trtc import ANCHOR, AUDIENCE, MediaRefusal, TrtcRoomId, check_grant

Id = Annotated[str, Meta(min_length=1, max_length=48)]
Address = Annotated[str, Meta(min_length=1, max_length=1000)]
Seconds = Annotated[float, Meta(ge=0, le=600)]
Times = Annotated[int, Meta(ge=0, le=10_000)]
VendorName = Literal["im", "trtc", "sms", "captcha", "css"]
_NOTHING: Final[Mapping[str, Any]] = {}
_TICKETS: Final = frozenset({"userSig", "privateMapKey", "address"})


class StepRefused(Exception):
    """Why a step cannot be taken: what the vendor would answer an app that tried it."""


class SimulatorStep(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, rename="camel", tag_field="do"):
    """One step; ``take`` returns what there is to tell about it."""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        """Take it. Raises ``ImRefusal``, ``MediaRefusal``, ``StreamRefusal``."""
        raise NotImplementedError


class _ByIm(SimulatorStep):
    """Something that a user does by IM's SDK."""

    user: Id
    platform: str = "Android"
    user_sig: str = ""
    """Where it is given, it is checked as IM checks it."""

    def check_sig(self, simulator: Simulator) -> None:
        if self.user_sig:
            simulator.im.check_sig(next(iter(simulator.im.secrets)), self.user, self.user_sig)


class ImLogin(_ByIm, tag="im.login"):
    """Sign in to IM."""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        self.check_sig(simulator)
        simulator.im.login(self.user, self.platform)
        return _NOTHING


class ImLogout(_ByIm, tag="im.logout"):
    """Sign out of IM, or lose the connection (``cut``)."""

    cut: bool = False

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.im.logout(self.user, self.platform, cut=self.cut)
        return _NOTHING


class ImJoin(SimulatorStep, tag="im.join"):
    """Join a room's group."""

    room: Id
    user: Id

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.im.join(self.room, self.user)
        return _NOTHING


class ImQuit(SimulatorStep, tag="im.quit"):
    """Leave a room's group, or fall silent in it."""

    room: Id
    user: Id
    cause: Literal["Quit", "HeartbeatInterrupt"] = "Quit"

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.im.quit(self.room, self.user, self.cause)
        return _NOTHING


class ImSpeak(SimulatorStep, tag="im.speak"):
    """Say something in a room's group."""

    room: Id
    user: Id
    text: str

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.im.speak(self.room, self.user, self.text)
        return _NOTHING


class ImDissolve(SimulatorStep, tag="im.dissolve"):
    """End a room's group as its owner's app does."""

    room: Id

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.im.find(self.room)
        simulator.im.dissolve(self.room)
        return _NOTHING


class _InMedia(SimulatorStep):
    """Something in a media room. A room of digits is a number, as ``roomIdKind`` says, unless ``named``."""

    room: str | int
    named: bool = False

    @property
    def id(self) -> TrtcRoomId:
        text = str(self.room)
        return int(text) if text.isascii() and text.isdigit() and not self.named else text


class TrtcEnter(_InMedia, tag="trtc.enter", kw_only=True):
    """Enter a media room; the credentials are checked where they are given."""

    user: Id
    role: Literal["anchor", "audience"] = "audience"
    user_sig: str = ""
    private_map_key: str = ""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        app = next(iter(simulator.im.secrets))
        allowed = ALL
        if self.user_sig:
            simulator.im.check_sig(app, self.user, self.user_sig)
        if self.private_map_key:
            ticket, now = simulator.im.check_sig(app, self.user, self.private_map_key), simulator.clock.now()
            allowed = check_grant(ticket.userbuf, app, self.user, self.id, now.timestamp())
        simulator.trtc.enter(self.id, self.user, ANCHOR if self.role == "anchor" else AUDIENCE, allowed)
        return {"allowed": allowed}


class TrtcExit(_InMedia, tag="trtc.exit", kw_only=True):
    """Leave a media room; ``reason`` 1 left, 2 timed out, 3 removed, 5 killed."""

    user: Id
    reason: Literal[1, 2, 3, 5] = 1

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.trtc.exit(self.id, self.user, self.reason)
        return _NOTHING


class TrtcPublish(_InMedia, tag="trtc.publish", kw_only=True):
    """Begin to send, or stop (``stop``)."""

    user: Id
    what: Literal["video", "audio", "screen"] = "video"
    stop: bool = False

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        act = simulator.trtc.unpublish if self.stop else simulator.trtc.publish
        act(self.id, self.user, self.what)
        return _NOTHING


class TrtcDismiss(_InMedia, tag="trtc.dismiss"):
    """Close a media room."""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.trtc.dismiss(self.id)
        return _NOTHING


class TrtcLabel(_InMedia, tag="trtc.label", kw_only=True):
    """Let content moderation find something in somebody's picture or sound; nobody has to be in the room."""

    user: Id
    label: Literal["Ad", "Porn", "Abuse", "Illegal", "Polity", "Terror", "Sexy", "QRCode", "Custom"] = "Porn"
    media: Literal["picture", "voice"] = "picture"
    suggest: Literal["review", "block"] = "block"
    found: Annotated[str, Meta(max_length=1000)] = ""
    """The address of a picture, or what was said."""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        proof = {"Image": self.found} if self.media == "picture" else {"AudioText": self.found}
        found = {"MediaType": 2 if self.media == "picture" else 1, "Suggest": 2 if self.suggest == "block" else 1}
        keys, now = simulator.keys.callbacks, simulator.clock.now()
        simulator.callbacks.send(trtc_label(keys, self.id, self.user, now, {**found, "Label": self.label, **proof}))
        return _NOTHING


class ImLabel(SimulatorStep, tag="im.label"):
    """Let content moderation find something in what somebody wrote: in a room's group, or in their profile."""

    user: Id
    text: Annotated[str, Meta(max_length=1000)]
    room: str = ""
    label: Literal["Ad", "Porn", "Abuse", "Illegal", "Polity", "Terror", "Sexy", "Custom"] = "Ad"
    suggest: Literal["Review", "Block"] = "Block"

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        keys, now = simulator.keys.callbacks, simulator.clock.now()
        sent = im_label(keys, self.room, self.user, self.text, now, label=self.label, suggestion=self.suggest)
        simulator.callbacks.send(sent)
        return _NOTHING


class CssPush(SimulatorStep, tag="css.push"):
    """Push to an address of RTMP; one who pushes the same stream is replaced. Tells ``stream`` and ``sequence``."""

    address: Address

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        made = simulator.css.push(self.address)
        return {"stream": made.stream, "sequence": made.sequence}


class CssStop(SimulatorStep, tag="css.stop"):
    """Stop to push."""

    stream: Address

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        simulator.css.leave(self.stream)
        return _NOTHING


class CssPlay(SimulatorStep, tag="css.play"):
    """Watch an address; tells whether anybody pushes (``live``)."""

    address: Address

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        return {"live": simulator.css.play(self.address)}


class CaptchaSolve(SimulatorStep, tag="captcha.solve"):
    """Solve a captcha; tells ``appId``, ``ticket`` and ``randstr``, as the SDK does."""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        ticket, randstr = simulator.captcha.solve()
        return {"appId": next(iter(simulator.captcha.apps), 0), "ticket": ticket, "randstr": randstr}


class FaultOfCalls(SimulatorStep, tag="fault"):
    """Let calls of the service go wrong."""

    vendor: VendorName
    mood: Literal["well", "silent", "nonsense", "odd", "broken", "down", "lost"] = "well"
    command: str = ""
    code: Annotated[str, Meta(max_length=100)] = ""
    seconds: Seconds = 0
    times: Times = 0

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        if self.vendor == "im" and self.code and not self.code.isdigit():
            raise StepRefused("the codes of IM are numbers, such as 10002")
        if self.mood == "well" and not self.code and not self.seconds:
            raise StepRefused("name a mood, a code or seconds")
        fault = CallFault(Mood(self.mood), self.command, self.code, self.seconds, self.times)
        simulator.endpoints()[self.vendor].faults.insert(0, fault)
        return _NOTHING


class FaultOfCallbacks(SimulatorStep, tag="callback.fault"):
    """Let callbacks go wrong: lost, doubled, overtaken by the next, late, or forged."""

    mishap: Literal["lost", "doubled", "overtaken", "late", "forged"]
    vendor: Literal["", "im", "trtc", "css"] = ""
    name: str = ""
    seconds: Seconds = 0
    times: Times = 1

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        fault = CallbackFault(Mishap(self.mishap), self.vendor, self.name, self.seconds, self.times)
        simulator.callbacks.faults.append(fault)
        return _NOTHING


class ClearFaults(SimulatorStep, tag="clear"):
    """Let everything go well again."""

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        for endpoint in simulator.endpoints().values():
            endpoint.faults.clear()
            endpoint.mood = Mood.WELL
        simulator.callbacks.faults.clear()
        return _NOTHING


class PushCallback(SimulatorStep, tag="callback"):
    """Send a callback with this body, signed as the vendor does, whatever it says."""

    vendor: Literal["im", "trtc", "css"]
    body: dict[str, Any]
    platform: str = "Android"

    def take(self, simulator: Simulator) -> Mapping[str, Any]:
        content, keys = json.dumps(self.body).encode(), simulator.keys.callbacks
        if self.vendor == "trtc":
            sent = trtc_signed(keys, content, str(self.body.get("EventType", "")))
        elif self.vendor == "css":
            event = self.body.get("event_type", 1)
            sent = css_callback(simulator.keys.css.callback, event, self.body, simulator.clock.now())
        else:
            command = str(self.body.get("CallbackCommand", ""))
            sent = im_callback(keys, command, content, simulator.clock.now(), self.platform)
        simulator.callbacks.send(sent)
        return _NOTHING


AnyStep = (
    ImLogin | ImLogout | ImJoin | ImQuit | ImSpeak | ImDissolve | TrtcEnter | TrtcExit | TrtcPublish | TrtcDismiss
    | TrtcLabel | ImLabel | CssPush | CssStop | CssPlay | CaptchaSolve | FaultOfCalls | FaultOfCallbacks | ClearFaults
    | PushCallback
)  # fmt: skip


def read_step(given: Mapping[str, Any]) -> SimulatorStep:
    """Return the step that an object describes. Raises ``StepRefused``."""
    try:
        return msgspec.convert(given, AnyStep)  # type: ignore[no-any-return]
    except msgspec.ValidationError as problem:
        raise StepRefused(f"no step that can be taken: {problem}") from None


def take_step(simulator: Simulator, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take the step that an object describes, and note it; return what it tells. Raises ``StepRefused``."""
    told, refusal = _NOTHING, ""
    step = read_step(given)
    try:
        told = step.take(simulator)
    except ImRefusal as refused:
        refusal = f"IM refuses this with code {refused.code}"
    except (MediaRefusal, StreamRefusal, StepRefused) as refused:
        refusal = str(refused)
    name, shown = str(given["do"]), {key: value for key, value in given.items() if key not in _TICKETS}
    vendor = str(given.get("vendor") or name.partition(".")[0])
    subject = str(given.get("room") or given.get("user") or given.get("stream") or given.get("command") or "")
    simulator.journal.add(
        "act", vendor if vendor in VENDORS else "", name, about=subject, asked=json.dumps(shown), answered=refusal
    )
    if refusal:
        raise StepRefused(refusal)
    return told
