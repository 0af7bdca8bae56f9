"""What each media provider hands out, against vectors that the vendors' own libraries made."""

import base64
import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import Any

import jwt
import pytest

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.media.model import ALL, LIFE, NOTHING, IceServer, Participant, Publishes, RoomIdKind, publishes
from liveroom.domain.presence.members import Member, Role
from liveroom.domain.seats.model import Mutes
from liveroom.domain.tenants.model import Tenant
from liveroom.providers.livekit.tokens import LivekitTokens, access_token
from liveroom.providers.mesh import MeshRtc
from liveroom.providers.tencent.trtc import TrtcTokens
from liveroom.providers.tencent.usersig import decode, is_signed

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
APP, KEY = 1400000000, "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"
TENANT = Tenant(TenantName("shop"), sdk_app_id=APP, sdk_secret=KEY)
LIVEKIT_SECRET = "secret1" * 5
TRTC = TrtcTokens(user_sig_ttl=timedelta(hours=48))


AUDIO, VIDEO = Publishes(audio=True, video=False), Publishes(audio=False, video=True)


def member(may: Publishes = NOTHING, *, room: str = "room-abc", tenant: Tenant = TENANT) -> Participant:
    return Participant(tenant, UserId("alice"), "Alice", RoomId(room), may)


def userbuf(ticket: str) -> bytes:
    return base64.b64decode(decode(ticket)["TLS.userbuf"])


def grants(may: Publishes) -> dict[str, Any]:
    token = LivekitTokens("wss://live.example.com", "APIkey1", LIVEKIT_SECRET).admit(member(may), NOW).token
    claims = jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"], options={"verify_exp": False})
    found = claims["video"]
    assert isinstance(found, dict)
    return found


def test_a_livekit_token_is_the_vectors_byte_for_byte() -> None:
    token = access_token("APIkey1", LIVEKIT_SECRET, member(), NOW)
    assert token.rpartition(".")[2] == "Rjm99FSKSpG-Kc-NWh6M8sQMK-iPBXK77avfLuSsS_g"


@pytest.mark.parametrize(
    ("role", "seat", "mutes", "may"),
    [
        (Role.OWNER, 0, 0, ALL),
        (Role.ANCHOR, 0, 0, ALL),
        (Role.AUDIENCE, 0, 0, NOTHING),
        (Role.MODERATOR, 0, 0, NOTHING),
        (Role.SPEAKER, 3, 0, ALL),
        (Role.SPEAKER, 3, Mutes.AUDIO_OFF | Mutes.VIDEO_OFF, ALL),
        (Role.SPEAKER, 3, Mutes.AUDIO, VIDEO),
        (Role.MODERATOR, 3, Mutes.VIDEO, AUDIO),
        (Role.ANCHOR, 3, Mutes.AUDIO | Mutes.VIDEO, NOTHING),
    ],
)
def test_hosts_publish_and_who_has_a_seat_but_for_what_a_host_has_muted_there(
    role: Role, seat: int, mutes: int, may: Publishes
) -> None:
    assert publishes(Member(UserId("alice"), "Alice", "", role, NOW, 1, seat, mutes)) == may


@pytest.mark.parametrize(
    ("may", "granted"),
    [
        (ALL, {"canPublish": True}),
        (NOTHING, {"canPublish": False}),
        (AUDIO, {"canPublish": True, "canPublishSources": ["microphone", "screen_share_audio"]}),
        (VIDEO, {"canPublish": True, "canPublishSources": ["camera", "screen_share"]}),
    ],
)
def test_livekit_lets_publishers_publish_and_everybody_receive_in_one_room(
    may: Publishes, granted: dict[str, Any]
) -> None:
    assert grants(may) == {"room": "room-abc", "roomJoin": True, "canSubscribe": True, **granted}


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_livekit_that_is_not_set_up_lets_nobody_in(missing: int) -> None:
    facts = ["wss://live.example.com", "key", LIVEKIT_SECRET]
    facts[missing] = ""
    with pytest.raises(ProviderUnavailable, match="LiveKit"):
        LivekitTokens(*facts).admit(member(), NOW)


@pytest.mark.parametrize(("may", "privilege"), [(ALL, 255), (NOTHING, 42), (AUDIO, 42 | 4), (VIDEO, 42 | 16 | 64)])
def test_trtc_privileges_are_those_of_what_may_be_published(may: Publishes, privilege: int) -> None:
    found = TRTC.admit(member(may), NOW)
    assert decode(found.user_sig)["TLS.expire"] == 48 * 3600
    assert is_signed(KEY, decode(found.private_map_key))
    assert found.expires == NOW + LIFE
    expires = int((NOW + LIFE).timestamp()).to_bytes(4)
    assert expires + privilege.to_bytes(4) + bytes(4) in userbuf(found.private_map_key)


@pytest.mark.parametrize(
    ("room", "kind"),
    [
        ("40000001", RoomIdKind.NUMBER),
        ("2147483647", RoomIdKind.NUMBER),
        ("shop-40000001", RoomIdKind.STRING),
        ("007", RoomIdKind.STRING),
        ("2147483648", RoomIdKind.STRING),
    ],
)
def test_trtc_knows_a_bare_decimal_room_as_a_number_and_any_other_by_its_text(room: str, kind: RoomIdKind) -> None:
    found = TRTC.admit(member(room=room), NOW)
    assert found.kind is kind
    packed = userbuf(found.private_map_key)
    assert packed[0] == (kind is RoomIdKind.STRING)
    assert packed.endswith(room.encode()) is (kind is RoomIdKind.STRING)
    number = int(room) if kind is RoomIdKind.NUMBER else 0
    assert packed[3 + len("alice") + 4 :][:4] == number.to_bytes(4)


def test_a_user_sig_that_lasts_shorter_bounds_the_whole_credential() -> None:
    assert TrtcTokens(user_sig_ttl=timedelta(hours=1)).admit(member(), NOW).expires == NOW + timedelta(hours=1)


def test_a_tenant_without_trtc_is_told_so() -> None:
    with pytest.raises(ProviderUnavailable, match="SDKAppID"):
        TRTC.admit(member(tenant=Tenant(TenantName("bare"))), NOW)


def test_a_mesh_needs_no_server_at_all() -> None:
    assert MeshRtc(()).admit(member(), NOW).ice_servers == ()


def test_coturn_takes_a_name_that_says_when_it_expires_and_its_hmac() -> None:
    stun = IceServer(("stun:stun.example.com:3478",))
    found = MeshRtc((stun,), turn_urls=("turn:turn.example.com:3478",), turn_secret="north").admit(member(), NOW)
    name = "1700021600:alice"
    password = base64.b64encode(hmac.new(b"north", name.encode(), sha1).digest()).decode()
    assert found.ice_servers == (stun, IceServer(("turn:turn.example.com:3478",), name, password))
    assert int(found.expires.timestamp()) == 1_700_021_600
