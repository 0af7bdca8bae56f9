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
from liveroom.domain.media import LIFE, IceServer, Participant, RoomIdKind
from liveroom.domain.members import Role
from liveroom.domain.tenants import Tenant
from liveroom.providers.livekit.tokens import Livekit, access_token
from liveroom.providers.mesh import Mesh
from liveroom.providers.tencent.trtc import Trtc
from liveroom.providers.tencent.usersig import decode, is_signed

NOW = datetime.fromtimestamp(1_700_000_000, UTC)
APP, KEY = 1400000000, "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"
TENANT = Tenant(TenantName("shop"), sdk_app_id=APP, sdk_secret=KEY)
LIVEKIT_SECRET = "secret1" * 5
TRTC = Trtc(user_sig_ttl=timedelta(hours=48))


def member(role: Role = Role.AUDIENCE, *, room: str = "room-abc", tenant: Tenant = TENANT) -> Participant:
    return Participant(tenant, UserId("alice"), "Alice", RoomId(room), role)


def userbuf(ticket: str) -> bytes:
    return base64.b64decode(decode(ticket)["TLS.userbuf"])


def grants(role: Role) -> dict[str, Any]:
    token = Livekit("wss://live.example.com", "APIkey1", LIVEKIT_SECRET).admit(member(role), NOW).token
    claims = jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"], options={"verify_exp": False})
    found = claims["video"]
    assert isinstance(found, dict)
    return found


def test_a_livekit_token_is_the_vectors_byte_for_byte() -> None:
    token = access_token("APIkey1", LIVEKIT_SECRET, member(), NOW)
    assert token.rpartition(".")[2] == "Rjm99FSKSpG-Kc-NWh6M8sQMK-iPBXK77avfLuSsS_g"


@pytest.mark.parametrize(("role", "publishes"), [(Role.OWNER, True), (Role.ANCHOR, True), (Role.AUDIENCE, False)])
def test_livekit_lets_hosts_publish_and_everybody_receive_in_one_room(role: Role, publishes: bool) -> None:
    assert grants(role) == {"room": "room-abc", "roomJoin": True, "canPublish": publishes, "canSubscribe": True}


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_livekit_that_is_not_set_up_lets_nobody_in(missing: int) -> None:
    facts = ["wss://live.example.com", "key", LIVEKIT_SECRET]
    facts[missing] = ""
    with pytest.raises(ProviderUnavailable, match="LiveKit"):
        Livekit(*facts).admit(member(), NOW)


@pytest.mark.parametrize(("role", "privilege"), [(Role.OWNER, 255), (Role.ANCHOR, 255), (Role.AUDIENCE, 42)])
def test_trtc_privileges_follow_the_role(role: Role, privilege: int) -> None:
    found = TRTC.admit(member(role), NOW)
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
    assert Trtc(user_sig_ttl=timedelta(hours=1)).admit(member(), NOW).expires == NOW + timedelta(hours=1)


def test_a_tenant_without_trtc_is_told_so() -> None:
    with pytest.raises(ProviderUnavailable, match="SDKAppID"):
        TRTC.admit(member(tenant=Tenant(TenantName("bare"))), NOW)


def test_a_mesh_needs_no_server_at_all() -> None:
    assert Mesh(()).admit(member(), NOW).ice_servers == ()


def test_coturn_takes_a_name_that_says_when_it_expires_and_its_hmac() -> None:
    stun = IceServer(("stun:stun.example.com:3478",))
    found = Mesh((stun,), turn_urls=("turn:turn.example.com:3478",), turn_secret="north").admit(member(), NOW)
    name = "1700021600:alice"
    password = base64.b64encode(hmac.new(b"north", name.encode(), sha1).digest()).decode()
    assert found.ice_servers == (stun, IceServer(("turn:turn.example.com:3478",), name, password))
    assert int(found.expires.timestamp()) == 1_700_021_600
