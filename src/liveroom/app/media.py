"""The switch of media: which providers the settings set up, and who tells a user's connections."""

from collections.abc import Mapping

from liveroom.domain.media.model import IceServer
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.ports import Broker, Live, Rtc, UserMessages
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.providers.livekit.tokens import LivekitTokens
from liveroom.providers.mesh import MeshRtc
from liveroom.providers.tencent.trtc import TrtcTokens
from liveroom.realtime.user_messages import BrokerUserMessages, LiveUserMessages
from liveroom.settings import Secret, Settings


def make_providers(settings: Settings) -> Mapping[RtcKind, Rtc]:
    """Return every media provider; a tenant may choose one that is not set up, and is told so."""
    servers = [IceServer(server.urls, server.username, server.credential) for server in settings.ice_servers]
    return {
        RtcKind.MESH: MeshRtc(servers, turn_urls=settings.turn_urls, turn_secret=reveal(settings.turn_secret)),
        RtcKind.TRTC: TrtcTokens(user_sig_ttl=settings.usersig_ttl),
        RtcKind.LIVEKIT: LivekitTokens(settings.livekit_url, settings.livekit_key, reveal(settings.livekit_secret)),
    }


def make_broker(settings: Settings) -> Centrifugo | None:
    """Return the Centrifugo that holds the sockets, if one does; it is not called yet."""
    if settings.realtime != "centrifugo":
        return None
    return Centrifugo(settings.centrifugo_url, reveal(settings.centrifugo_api_key))


def make_user_messages(live: Live, broker: Broker | None) -> UserMessages:
    """Return what tells the connections of single users."""
    return BrokerUserMessages(broker) if broker is not None else LiveUserMessages(live)


def reveal(secret: Secret | None) -> str:
    """Return a secret's text, "" where there is none."""
    return secret.reveal() if secret is not None else ""


def missing_for(kind: RtcKind, tenant: Tenant, settings: Settings) -> str:
    """Return what the provider needs and this tenant does not have; "" when nothing is missing."""
    match kind:
        case RtcKind.TRTC if not (tenant.sdk_app_id and tenant.sdk_secret):
            return "the tenant's own SDKAppID and SecretKey: --sdk-app-id and --sdk-secret"
        case RtcKind.LIVEKIT if not (settings.livekit_url and settings.livekit_key and settings.livekit_secret):
            return "a server for all tenants: LIVEROOM_LIVEKIT_URL, LIVEROOM_LIVEKIT_KEY and LIVEROOM_LIVEKIT_SECRET"
        case _:
            return ""
