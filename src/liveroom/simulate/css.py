"""Tencent CSS, simulated (STREAMS.md 1): who pushes which stream, the API about them, and the calls about each push.

An encoder is let in by the signature in its address alone; one of a name that is pushed already takes the name over.
No picture is carried: who plays hears only whether they would be let in.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from liveroom.settings import simulated
from liveroom.simulate.cloud import Asked, CloudAccount, CloudError, CloudService

VERSION: Final = "2018-08-01"
STARTED, ENDED = 1, 0
LEFT, BROKEN_OFF = 1, 21
"""Why a push has ended: its encoder went, or CSS broke it off."""
DROPPED, FORBIDDEN, REPLACED = 100, 101, 102
"""Why CSS broke it off."""
_FORBIDDEN_MOST: Final = timedelta(days=90)
_UTC: Final = "%Y-%m-%dT%H:%M:%SZ"
_SUFFIXES: Final = (".flv", ".m3u8")

Tell = Callable[[int, Mapping[str, Any]], None]
"""Calls the service back with an event."""


class StreamRefusal(Exception):
    """Why an encoder or a viewer is not let in."""


class SimulatedCss(NamedTuple):
    """The domains of one account, and the keys of their addresses: of either key an address is good."""

    push: str = simulated.CSS_PUSH_DOMAIN
    play: str = simulated.CSS_PLAY_DOMAIN
    app: str = simulated.CSS_APP
    push_keys: Sequence[str] = (simulated.CSS_PUSH_KEY, simulated.CSS_PUSH_BACKUP_KEY)
    play_keys: Sequence[str] = (simulated.CSS_PLAY_KEY,)
    callback: str = simulated.CSS_CALLBACK_KEY


SIMULATED: Final = SimulatedCss()


@dataclass
class EncoderPush:
    """One connection of an encoder."""

    stream: str
    sequence: str
    param: str
    """The query of its address, which its events repeat."""
    began: datetime


@dataclass
class CssSimulator:
    """The live service of one account with one push domain."""

    account: CloudAccount
    tell: Tell
    keys: SimulatedCss = SIMULATED
    pushes: dict[str, EncoderPush] = field(default_factory=dict)
    forbidden: dict[str, datetime] = field(default_factory=dict)
    """Names that nobody pushes, each until when."""
    _sequences: Iterator[int] = field(default_factory=lambda: itertools.count(6_674_468_118_806_626_493))

    service: CloudService = field(init=False)

    def __post_init__(self) -> None:
        self.service = CloudService(self.account)
        for action, do in (
            ("DropLiveStream", self._drop),
            ("ForbidLiveStream", self._forbid),
            ("ResumeLiveStream", self._resume),
            ("DescribeLiveStreamState", self._state),
            ("DescribeLiveStreamOnlineList", self._list),
        ):
            self.service.on(action, VERSION, do)

    def push(self, address: str) -> EncoderPush:
        """Let an encoder push to an address of RTMP as ``streams/create`` gives it. Raises ``StreamRefusal``."""
        stream, query = self._named(address, self.keys.push, self.keys.push_keys)
        if self.forbidden.get(stream, self._now()) > self._now():
            raise StreamRefusal("this stream is forbidden (18, 305)")
        former = self.pushes.pop(stream, None)
        made = self.pushes[stream] = EncoderPush(stream, str(next(self._sequences)), query, self._now())
        self._tell(STARTED, made)
        if former is not None:
            self._tell(ENDED, former, errcode=BROKEN_OFF, sub_errcode=REPLACED)
        return made

    def leave(self, stream: str) -> None:
        """Let an encoder go. Raises ``StreamRefusal``."""
        if stream not in self.pushes:
            raise StreamRefusal(f"nobody pushes {stream}")
        self._end(stream, errcode=LEFT, errmsg="The push client actively stopped")

    def play(self, address: str) -> bool:
        """Say whether a viewer of this address sees anything. Raises ``StreamRefusal`` for one that is not good."""
        stream, _ = self._named(address, self.keys.play, self.keys.play_keys)
        return stream in self.pushes

    def _now(self) -> datetime:
        return self.account.clock.now()

    def _named(self, address: str, domain: str, keys: Sequence[str]) -> tuple[str, str]:
        """Return the stream of a good address, and its query. Raises ``StreamRefusal``."""
        url = urlsplit(address)
        app, _, name = url.path.lstrip("/").partition("/")
        for suffix in _SUFFIXES:
            name = name.removesuffix(suffix)
        if (url.hostname, app) != (domain, self.keys.app) or not name or "/" in name:
            raise StreamRefusal(f"addresses of {domain} begin with {domain}/{self.keys.app}/")
        said = dict(parse_qsl(url.query))
        secret, until = said.get("txSecret", ""), said.get("txTime", "")
        if not any(secret in _signatures(key, name, until) for key in keys):
            raise StreamRefusal("txSecret fits no key of the domain (18, 503)")
        if int(until, 16) < self._now().timestamp():
            raise StreamRefusal("txTime is over (18, 501)")
        return name, url.query

    def _end(self, stream: str, **why: Any) -> None:
        self._tell(ENDED, self.pushes.pop(stream), **why)

    def _tell(self, event: int, push: EncoderPush, **more: Any) -> None:
        now = self._now()
        said = {"appid": 1_250_000_000, "app": self.keys.push, "appname": self.keys.app, "stream_id": push.stream}
        said |= {"channel_id": push.stream, "event_time": int(now.timestamp()), "sequence": push.sequence}
        said |= {"node": "127.0.0.1", "user_ip": "127.0.0.1", "stream_param": push.param, "set_id": 2}
        if event == STARTED:
            said |= {"errcode": 0, "errmsg": "ok", "width": 1280, "height": 720}
        else:
            said |= {"errmsg": "", "push_duration": str(round((now - push.began).total_seconds() * 1000))}
        self.tell(event, {**said, **more})

    def _about(self, asked: Asked) -> str:
        """Return the stream that a call is about. Raises ``CloudError``."""
        if (asked["DomainName"], asked["AppName"]) != (self.keys.push, self.keys.app):
            raise CloudError("InvalidParameter.DomainNotExist")
        return str(asked["StreamName"])

    def _drop(self, asked: Asked) -> Mapping[str, Any]:
        stream = self._about(asked)
        if stream not in self.pushes:
            raise CloudError("FailedOperation.StreamNotExist")
        self._end(stream, errcode=BROKEN_OFF, sub_errcode=DROPPED)
        return {}

    def _forbid(self, asked: Asked) -> Mapping[str, Any]:
        stream = self._about(asked)
        until = datetime.strptime(asked["ResumeTime"], _UTC).replace(tzinfo=UTC)
        if not self._now() < until <= self._now() + _FORBIDDEN_MOST:
            raise CloudError("InvalidParameter")
        self.forbidden[stream] = until
        if stream in self.pushes:
            self._end(stream, errcode=BROKEN_OFF, sub_errcode=FORBIDDEN)
        return {}

    def _resume(self, asked: Asked) -> Mapping[str, Any]:
        self.forbidden.pop(self._about(asked), None)
        return {}

    def _state(self, asked: Asked) -> Mapping[str, Any]:
        stream = self._about(asked)
        if self.forbidden.get(stream, self._now()) > self._now():
            return {"StreamState": "forbid"}
        return {"StreamState": "active" if stream in self.pushes else "inactive"}

    def _list(self, asked: Asked) -> Mapping[str, Any]:
        self._about({**asked, "StreamName": ""})
        page, most = asked["PageNum"], asked["PageSize"]
        if page < 1 or not 10 <= most <= 100:
            raise CloudError("InvalidParameter")
        found = [
            {
                "StreamName": push.stream,
                "AppName": self.keys.app,
                "DomainName": self.keys.push,
                "PublishTimeList": [{"PublishTime": push.began.strftime(_UTC)}],
            }
            for push in list(self.pushes.values())[(page - 1) * most : page * most]
        ]
        pages = ceil(len(self.pushes) / most)
        return {
            "TotalNum": len(self.pushes),
            "TotalPage": pages,
            "PageNum": page,
            "PageSize": most,
            "OnlineInfo": found,
        }


def _signatures(key: str, name: str, until: str) -> Sequence[str]:
    """Return how a key signs a name until a time: by either digest that a domain may have."""
    signed = f"{key}{name}{until}".encode()
    return [hashlib.new(digest, signed, usedforsecurity=False).hexdigest() for digest in ("md5", "sha256")]
