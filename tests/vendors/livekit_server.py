"""A stand-in for LiveKit's room service (Twirp): it verifies tokens and what they grant, and answers its errors."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import jwt

from liveroom.ports import Clock
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from tests.vendors.livekit_egress import PREFIX as EGRESS
from tests.vendors.livekit_egress import FakeEgress, TwirpError

KEY: Final = "APIkey1"
SECRET: Final = "secret1secret1secret1secret1secret1"
_LEEWAY: Final = 60
NO_JSON: Final = b"invalid token: eyJh.eyJp.Jfvz, error: token signature is invalid: signature is invalid"
"""How LiveKit 1.13.5 answers a token that another secret has signed."""
_PREFIX: Final = "/twirp/livekit.RoomService/"
_STATUSES: Final = {
    "malformed": 400,
    "unauthenticated": 401,
    "permission_denied": 403,
    "bad_route": 404,
    "failed_precondition": 412,
    "invalid_argument": 400,
    "not_found": 404,
    "unavailable": 503,
    "internal": 500,
}


class Visit(NamedTuple):
    """How somebody is in a room."""

    sid: str = "PA_1"
    joined: int = 0
    """Seconds since 1970."""
    sends: bool = False
    kind: str = "STANDARD"


@dataclass
class FakeLivekit:
    """One server; its rooms and who is in them."""

    clock: Clock
    """Whose time it is for tokens."""
    rooms: dict[str, set[str]] = field(default_factory=dict)
    permissions: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """What participants may do, by room and identity, of whom it was changed."""
    visits: dict[tuple[str, str], Visit] = field(default_factory=dict)
    """How somebody is in a room, by room and identity; nothing special of those who are missing."""
    did: list[tuple[str, str, str]] = field(default_factory=list)
    """Calls that were carried out: method, room, identity."""
    listed: list[str] = field(default_factory=list)
    """Rooms whose participants were asked for."""
    egress: FakeEgress = field(default_factory=FakeEgress)
    endpoint: VendorEndpoint = field(init=False)

    def __post_init__(self) -> None:
        self.endpoint = VendorEndpoint(self._answer)

    def _answer(self, request: VendorRequest) -> VendorResponse:
        try:
            grant = self._grant(request.headers.get("authorization", ""))
            return VendorResponse(json.dumps(self._do(request, grant)).encode())
        except TwirpError as error:
            if error.code == "unauthenticated":
                return VendorResponse(NO_JSON, 401, "Content-Type: text/plain; charset=utf-8\r\n")
            body = json.dumps({"code": error.code, "msg": "as documented"})
            return VendorResponse(body.encode(), _STATUSES[error.code])

    def _grant(self, authorization: str) -> Mapping[str, Any]:
        try:
            options: Any = {"require": ["exp", "nbf", "iss"], "verify_exp": False, "verify_nbf": False}
            claims = jwt.decode(
                authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"], issuer=KEY, options=options
            )
        except jwt.InvalidTokenError:
            raise TwirpError("unauthenticated") from None
        now = self.clock.now().timestamp()
        if not claims["nbf"] - _LEEWAY <= now <= claims["exp"] + _LEEWAY:
            raise TwirpError("unauthenticated")
        video: Mapping[str, Any] = claims.get("video", {})
        return video

    def _do(self, request: VendorRequest, grant: Mapping[str, Any]) -> Mapping[str, Any]:
        method = request.target.removeprefix(_PREFIX)
        said = json.loads(request.body)
        if request.target.startswith(EGRESS):
            return self.egress.do(request.target.removeprefix(EGRESS), said, grant)
        match method:
            case "ListRooms":
                self._check(granted=grant.get("roomList"))
                names = said.get("names") or self.rooms
                return {"rooms": [{"name": room} for room in self.rooms if room in names]}
            case "ListParticipants":
                self._check(granted=grant.get("roomAdmin") and grant.get("room") == said["room"])
                self.listed.append(said["room"])
                people = sorted(self.rooms.get(said["room"], ()))
                return {"participants": [self._participant(said["room"], one) for one in people]}
            case "GetParticipant":
                self._check(granted=grant.get("roomAdmin") and grant.get("room") == said["room"])
                self.listed.append(said["room"])
                self._find(said["room"], said["identity"])
                return self._participant(said["room"], said["identity"])
            case "DeleteRoom":
                self._check(granted=grant.get("roomCreate"))
                self._find(said["room"])
                del self.rooms[said["room"]]
            case "RemoveParticipant":
                self._check(granted=grant.get("roomAdmin") and grant.get("room") == said["room"])
                self._find(said["room"], said["identity"])
                self.rooms[said["room"]].discard(said["identity"])
            case "UpdateParticipant":
                self._check(granted=grant.get("roomAdmin") and grant.get("room") == said["room"])
                self._find(said["room"], said["identity"])
                self.permissions[said["room"], said["identity"]] = _permission(said["permission"])
            case _:
                raise TwirpError("internal")
        self.did.append((method, said["room"], said.get("identity", "")))
        return {}

    def _participant(self, room: str, identity: str) -> Mapping[str, Any]:
        visit = self.visits.get((room, identity), Visit())
        tracks = [{"sid": "TR_1", "type": "AUDIO"}] if visit.sends else []
        shown = {"sid": visit.sid, "identity": identity, "state": "ACTIVE", "joined_at": str(visit.joined)}
        return {**shown, "kind": visit.kind, "is_publisher": visit.sends, "tracks": tracks}

    @staticmethod
    def _check(*, granted: object) -> None:
        if not granted:
            raise TwirpError("permission_denied")

    def _find(self, room: str, identity: str = "") -> None:
        if room not in self.rooms or (identity and identity not in self.rooms[room]):
            raise TwirpError("not_found")


_SOURCES: Final = frozenset({"CAMERA", "MICROPHONE", "SCREEN_SHARE", "SCREEN_SHARE_AUDIO"})
_FLAGS: Final = frozenset({"canSubscribe", "canPublish", "canPublishData"})


def _permission(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a ParticipantPermission of which every field is one that the server knows."""
    if not set(said) <= {*_FLAGS, "canPublishSources"} or not set(said.get("canPublishSources", ())) <= _SOURCES:
        raise TwirpError("malformed")
    return said


@asynccontextmanager
async def livekit_server(clock: Clock) -> AsyncIterator[FakeLivekit]:
    """Yield a server that is asked at its endpoint's ``url``."""
    fake = FakeLivekit(clock)
    async with serving(fake.endpoint):
        yield fake
