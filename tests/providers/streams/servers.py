"""Stand-ins for the APIs of stream servers, as STREAMS.md has them: they want their password, and page as they do."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from liveroom.providers.streams.server_api import StreamServerApi
from liveroom.simulate.cloud import CloudAccount, CloudError, CloudService
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from tests.vendors.simulator import SECRET_ID, SECRET_KEY
from tests.worlds import WoundClock

USER: Final = "liveroom"
PASSWORD: Final = "api-password"
DOMAIN: Final = "push.example.com"
APP: Final = "live"
_BASIC: Final = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"


@dataclass
class FakeStreamServer:
    """What the API of a server that operators run has in common: Basic, and pushes by their name."""

    pushes: dict[str, str] = field(default_factory=dict)
    """By name: the session, as the server calls it."""
    kicked: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The targets of all calls."""
    fails_from: int | None = None
    """The page of a list, from 0, from which on it is broken."""
    endpoint: VendorEndpoint = field(init=False)
    ways: list[StreamServerApi] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    def api(self, *, password: str = PASSWORD) -> StreamServerApi:
        """Return a way to it, which is closed with it."""
        self.ways.append(StreamServerApi("the server", self.endpoint.url, user=USER, password=password))
        return self.ways[-1]

    def answered(self, method: str, path: str, query: Mapping[str, str]) -> VendorResponse:
        raise NotImplementedError

    def broken(self, page: int) -> bool:
        """Say whether this page of a list is not to be had."""
        return self.fails_from is not None and page >= self.fails_from

    def _answer(self, request: VendorRequest) -> VendorResponse:
        self.asked.append(request.target)
        if request.headers.get("authorization") != _BASIC:
            return VendorResponse(b'{"error":"who are you?"}', 401)
        parts = urlsplit(request.target)
        return self.answered(request.method, unquote(parts.path), dict(parse_qsl(parts.query)))


def _json(said: Any, status: int = 200) -> VendorResponse:
    return VendorResponse(json.dumps(said).encode(), status)


class FakeSrs(FakeStreamServer):
    """SRS: ten streams on a page unless more are asked for, and streams that nobody publishes are listed on."""

    service = "vid-2"

    def answered(self, method: str, path: str, query: Mapping[str, str]) -> VendorResponse:
        if method == "DELETE" and path.startswith("/api/v1/clients/"):
            return self._kick(path.rpartition("/")[2])
        start, count = int(query.get("start", 0)), int(query.get("count", 10))
        if path != "/api/v1/streams" or self.broken(start // count):
            return _json({"code": 1}, 500)
        names = [*self.pushes, "dead"][start : start + count]
        streams = [self._stream(name) for name in names]
        return _json({"code": 0, "server": "vid-1", "service": self.service, "pid": "12", "streams": streams})

    def _stream(self, name: str) -> Mapping[str, Any]:
        said = {"id": f"vid-{name}", "name": name, "vhost": "vid-0", "app": APP, "live_ms": 1782000000000, "clients": 3}
        publish = {"active": name in self.pushes, "cid": self.pushes.get(name, "gone")}
        video = {"codec": "H264", "profile": "High", "level": "3", "width": 1280, "height": 720}
        return {**said, "kbps": {"recv_30s": 2500, "send_30s": 5000}, "publish": publish, "video": video, "audio": None}

    def _kick(self, client: str) -> VendorResponse:
        if client not in self.pushes.values():
            return _json({"code": 2049})
        self.kicked.append(client)
        self.pushes = {name: one for name, one in self.pushes.items() if one != client}
        return _json({"code": 0})


class FakeMediamtx(FakeStreamServer):
    """MediaMTX: paths, of which some are not pushed, and sources that are kicked by their kind."""

    kind = "rtmpConn"

    def answered(self, method: str, path: str, query: Mapping[str, str]) -> VendorResponse:
        if method == "POST":
            return self._kick(path)
        if path.startswith("/v3/paths/get/"):
            name = path.removeprefix(f"/v3/paths/get/{APP}/")
            return _json(self._path(name)) if name in self.pushes else _json({"error": "path not found"}, 404)
        page, most = int(query["page"]), int(query["itemsPerPage"])
        if path != "/v3/paths/list" or self.broken(page):
            return _json({"error": "internal"}, 500)
        items = [*(self._path(name) for name in self.pushes), *self._others()]
        listed = items[page * most : page * most + most]
        return _json({"itemCount": len(items), "pageCount": ceil(len(items) / most), "items": listed})

    def _path(self, name: str) -> Mapping[str, Any]:
        source = {"type": self.kind, "id": self.pushes[name]}
        there = {"available": True, "availableTime": "2026-12-01T03:00:00.123456789Z", "online": True}
        return {"name": f"{APP}/{name}", "confName": "all_others", "source": source, "readers": [], **there}

    @staticmethod
    def _others() -> list[Mapping[str, Any]]:
        camera = {"name": "live/camera", "available": True, "source": {"type": "rtspSource", "id": ""}}
        waiting = {"name": "live/waiting", "available": False, "source": None}
        elsewhere = {"name": "cameras/one", "available": True, "source": {"type": "rtmpConn", "id": "x"}}
        return [camera, waiting, elsewhere]

    def _kick(self, path: str) -> VendorResponse:
        id = path.rpartition("/")[2]
        if not path.startswith(f"/v3/{self.kind.lower()}s/kick/") or id not in self.pushes.values():
            return _json({"error": "connection not found"}, 404)
        self.kicked.append(id)
        return _json({"status": "ok"})


@dataclass
class FakeNginxRtmp(FakeStreamServer):
    """nginx-rtmp: /control answers how many it dropped, /stat in XML."""

    recorded: set[str] = field(default_factory=set)
    """The streams that its recorder records."""

    def answered(self, method: str, path: str, query: Mapping[str, str]) -> VendorResponse:
        if path == "/control/drop/publisher" and query.get("app") == APP:
            session = self.pushes.get(query.get("name", ""))
            drops = session is not None and query.get("clientid") in (None, session)
            self.kicked += [str(session)] * drops
            return VendorResponse(b"%d" % drops, more="Content-Type: text/plain\r\n")
        if path.startswith("/control/record/") and query.get("app") == APP:
            return self._record(path.rpartition("/")[2], query["name"], query["rec"])
        return VendorResponse(stat(self.pushes).encode(), 200 if path == "/stat" else 404)

    def _record(self, what: str, name: str, recorder: str) -> VendorResponse:
        if name in self.pushes and recorder != "liveroom":
            return VendorResponse(b"Recorder not found", 500)
        if name not in self.pushes or (what == "start") is (name in self.recorded):
            return VendorResponse(b"", 204)
        self.recorded ^= {name}
        return VendorResponse(f"/rec/{name}-1796155260.flv".encode())


def stat(pushes: Mapping[str, str], *, viewers: int = 1) -> str:
    """Return what /stat says, as nginx 1.22.1 with module 1.2.2 wrote it here."""
    watching = "<client><id>{}</id><address>127.0.0.1</address><time>2</time><flashver>LNX 9</flashver></client>"
    watchers = "\n".join(watching.format(9000 + number) for number in range(viewers))
    streams = "".join(
        f"<stream>\n<name>{name}</name>\n<time>61000</time><bw_in>131072</bw_in>\n<bytes_in>1</bytes_in>\n{watchers}"
        f"<client><id>{session}</id><address>127.0.0.1</address><time>61010</time>"
        "<flashver>FMLE/3.0 &amp; more</flashver><dropped>0</dropped><avsync>-5</avsync>"
        "<timestamp>1</timestamp><publishing/><active/></client>\n"
        "<meta><video><width>1280</width><height>720</height><frame_rate>30</frame_rate><codec>H264</codec></video>"
        "<audio><codec>AAC</codec></audio></meta>\n<nclients>2</nclients>\n<publishing/>\n<active/>\n</stream>\n"
        for name, session in pushes.items()
    )
    idle = "<stream>\n<name>idle</name>\n<time>5</time><client><id>8</id></client><nclients>1</nclients></stream>\n"
    elsewhere = "<stream><name>elsewhere</name><client><id>3</id><publishing/></client></stream>"
    return (
        '<?xml version="1.0" encoding="utf-8" ?>\n<?xml-stylesheet type="text/xsl" href="stat.xsl" ?>\n<rtmp>\n'
        "<nginx_version>1.22.1</nginx_version>\n<pid>7</pid>\n<uptime>90</uptime>\n<naccepted>4</naccepted>\n<server>\n"
        f"<application>\n<name>vod</name>\n<live>\n{elsewhere}</live></application>\n"
        f"<application>\n<name>{APP}</name>\n<live>\n{streams}{idle}<nclients>3</nclients>\n</live>\n</application>\n"
        "</server>\n</rtmp>\n"
    )


def css_takes(keys: Sequence[str], name: str, secret: str, until: str, now: datetime) -> bool:
    """Say whether CSS takes an address: of either key of the domain, as the time was written, before it is over."""
    digest = hashlib.sha256 if len(secret) == 64 else hashlib.md5
    if secret not in [digest(f"{key}{name}{until}".encode()).hexdigest() for key in keys if key]:
        return False
    return now.timestamp() <= int(until, 16)


@dataclass
class FakeCss:
    """The live API of one Tencent account with one push domain."""

    clock: WoundClock = field(default_factory=WoundClock)
    live: dict[str, datetime] = field(default_factory=dict)
    forbidden: dict[str, str] = field(default_factory=dict)
    """By name: until when."""
    fails_from: int = 10**6
    tasks: list[dict[str, Any]] = field(default_factory=list)
    """Record tasks, as DescribeRecordTask says them."""
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Files at VOD, by their id, as SearchMedia says them, with the stream of each."""
    service: CloudService = field(init=False)

    def __post_init__(self) -> None:
        self.service = CloudService(CloudAccount(self.clock, SECRET_ID, SECRET_KEY))
        actions: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "DropLiveStream": self._drop,
            "ForbidLiveStream": self._forbid,
            "ResumeLiveStream": self._resume,
            "DescribeLiveStreamOnlineList": self._list,
        }
        for action, do in actions.items():
            self.service.on(action, "2018-08-01", do)
        self.service.on("CreateRecordTask", "2018-08-01", self._create_task)
        self.service.on("StopRecordTask", "2018-08-01", self._stop_task)
        self.service.on("DescribeRecordTask", "2018-08-01", self._list_tasks)
        self.service.on("SearchMedia", "2018-07-17", self._search)
        self.service.on("DeleteMedia", "2018-07-17", self._delete)

    def deliver(self, name: str, id: str, seconds: float) -> None:
        """Put a file at VOD whose end is now."""
        came = f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        url = f"http://1500000.vod2.myqcloud.com/x/{id}/f0.m3u8"
        basic, meta = {"CreateTime": came, "Type": "m3u8", "MediaUrl": url}, {"Size": 4242, "Duration": seconds}
        self.media[id] = {"StreamId": name, "FileId": id, "BasicInfo": basic, "MetaData": meta}

    def _create_task(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        name, now = self._named(asked), int(self.clock.now().timestamp())
        if not now < asked["EndTime"] <= now + 86400:
            raise CloudError("InvalidParameterValue")
        id = f"UpTbk5RSVhRQ{len(self.tasks)}"
        about = {"StreamName": name, "DomainName": DOMAIN, "AppName": APP, "TemplateId": asked.get("TemplateId", 0)}
        self.tasks.append({"TaskId": id, "StartTime": now, "EndTime": asked["EndTime"], "Stopped": 0, **about})
        return {"TaskId": id}

    def _stop_task(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        for task in self.tasks:
            if task["TaskId"] == asked["TaskId"] and not task["Stopped"]:
                task["Stopped"] = int(self.clock.now().timestamp())
                return {}
        raise CloudError("ResourceNotFound.TaskId")

    def _list_tasks(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """Say one task on a page."""
        name, since, until = self._named(asked), asked["StartTime"], asked["EndTime"]
        found = [one for one in self.tasks if one["StreamName"] == name and since <= one["StartTime"] < until]
        page = int(asked.get("ScrollToken", 0))
        return {"TaskList": found[page : page + 1], "ScrollToken": str(page + 1) if page + 1 < len(found) else ""}

    def _search(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        when = asked["CreateTime"]
        found = [one for one in self.media.values() if one["StreamId"] in asked["StreamIds"]]
        found = [one for one in found if when["After"] <= one["BasicInfo"]["CreateTime"] <= when["Before"]]
        return {"TotalCount": len(found), "MediaInfoSet": found[: asked["Limit"]]}

    def _delete(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.media.pop(asked["FileId"], None) is None:
            raise CloudError("ResourceNotFound")
        return {}

    def _named(self, asked: Mapping[str, Any]) -> str:
        if (asked["DomainName"], asked["AppName"]) != (DOMAIN, APP):
            raise CloudError("InvalidParameter.DomainNotExist")
        return str(asked.get("StreamName", ""))

    def _drop(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if self.live.pop(self._named(asked), None) is None:
            raise CloudError("FailedOperation.StreamNotExist")
        return {}

    def _forbid(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        name, until = (
            self._named(asked),
            datetime.strptime(asked["ResumeTime"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        )
        if (until - self.clock.now()).days >= 90:
            raise CloudError("InvalidParameter")
        self.forbidden[name] = asked["ResumeTime"]
        self.live.pop(name, None)
        return {}

    def _resume(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.forbidden.pop(self._named(asked), None)
        return {}

    def _list(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self._named(asked)
        page, most = asked["PageNum"], asked["PageSize"]
        if page >= self.fails_from or not 10 <= most <= 100:
            raise CloudError("InternalError")
        names = list(self.live)[(page - 1) * most : page * most]
        times = {name: [{"PublishTime": f"{self.live[name]:%Y-%m-%dT%H:%M:%SZ}"}] for name in names}
        info = [
            {"StreamName": name, "AppName": APP, "DomainName": DOMAIN, "PublishTimeList": times[name]} for name in names
        ]
        pages = ceil(len(self.live) / most)
        return {"TotalNum": len(self.live), "TotalPage": pages, "PageNum": page, "PageSize": most, "OnlineInfo": info}


@asynccontextmanager
async def listening_server(server: FakeStreamServer | FakeCss) -> AsyncIterator[None]:
    """Let a stand-in be asked until the block ends."""
    async with serving(server.service.endpoint if isinstance(server, FakeCss) else server.endpoint):
        yield
        for way in [] if isinstance(server, FakeCss) else server.ways:
            await way.close()
