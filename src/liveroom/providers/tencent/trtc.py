"""Media carried by Tencent's TRTC: a UserSig says who somebody is, a PrivateMapKey what they may do in which room.

Tencent looks at the second where "advanced permission control" is on in its console.
"""

from datetime import datetime, timedelta

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import is_plain_id
from liveroom.domain.media.model import ALL, LIFE, Participant, Publishes, RoomIdKind, TrtcPass
from liveroom.providers.tencent.usersig import Privilege, private_map_key, user_sig


class TrtcTokens:
    """``ports.Rtc``; each tenant has an application of its own."""

    def __init__(self, *, user_sig_ttl: timedelta) -> None:
        self._user_sig_ttl = user_sig_ttl

    def admit(self, participant: Participant, now: datetime) -> TrtcPass:
        tenant, user, room = participant.tenant, participant.user, participant.room
        if not (tenant.sdk_app_id and tenant.sdk_secret):
            raise ProviderUnavailable(f"the tenant {tenant.name!r} has no SDKAppID or SecretKey of TRTC")
        is_number = is_plain_id(room)
        life = min(LIFE, self._user_sig_ttl)
        key = private_map_key(
            tenant.sdk_app_id,
            tenant.sdk_secret,
            user,
            room=int(room) if is_number else str(room),
            privilege=privilege_of(participant.publishes),
            now=now,
            ttl=life,
        )
        return TrtcPass(
            expires=now + life,
            sdk_app_id=tenant.sdk_app_id,
            user_sig=user_sig(tenant.sdk_app_id, tenant.sdk_secret, user, now=now, ttl=self._user_sig_ttl),
            private_map_key=key,
            kind=RoomIdKind.NUMBER if is_number else RoomIdKind.STRING,
        )


def privilege_of(publishes: Publishes) -> Privilege:
    """Return what who publishes this may do in the room."""
    if publishes == ALL:
        return Privilege.ALL
    privilege = Privilege.AUDIENCE
    if publishes.audio:
        privilege |= Privilege.SEND_AUDIO
    if publishes.video:
        privilege |= Privilege.SEND_VIDEO | Privilege.SEND_SUBSTREAM
    return privilege
