"""The say over TRTC's rooms, by Tencent's cloud API: a number and its text name different rooms (`trtc`)."""

from collections.abc import Mapping
from typing import Any, Final

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import RoomId, UserId, is_plain_id
from liveroom.domain.media.model import Publishes
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.providers.tencent.cloud import CloudRefused, TencentCloud
from liveroom.providers.tencent.im import INTERNATIONAL_BELOW

CHINA: Final = "https://trtc.tencentcloudapi.com"
INTERNATIONAL: Final = "https://trtc.intl.tencentcloudapi.com"
VERSION: Final = "2019-07-22"
_REGIONS: Final = frozenset({"ap-beijing", "ap-guangzhou", "ap-singapore"})
_NO_SUCH: Final = frozenset({"FailedOperation.RoomNotExist", "FailedOperation.UserNotExist"})
_ACCESS: Final = ("AuthFailure", "UnauthorizedOperation")
_ACCESS_CODES: Final = frozenset({"FailedOperation.SdkAppIdNotExist", "InvalidParameter.SdkAppid"})
_REFUSED: Final = ("InvalidParameter", "MissingParameter", "UnknownParameter", "UnsupportedOperation")
_KEYS: Final = (
    "check LIVEROOM_TENCENT_SECRET_ID and LIVEROOM_TENCENT_SECRET_KEY, that they may use TRTC, and that the SDKAppID "
    "is of the same Tencent account"
)
_NOBODY: Final = RoomId("liveroom-doctor")


class TrtcControl:
    """``ports.RtcControl``. Applications of the international edition are spoken to elsewhere."""

    def __init__(self, china: TencentCloud, international: TencentCloud, *, region: str = "") -> None:
        self._china = china
        self._international = international
        self._region = region

    async def remove(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        await self._about(tenant, room, "RemoveUser", UserIds=[user])

    async def set_permissions(self, tenant: Tenant, room: RoomId, user: UserId, publishes: Publishes) -> None:
        """Do nothing: what a PrivateMapKey allowed once cannot be taken back, and nobody on the stage is evicted."""

    async def silence(self, tenant: Tenant, room: RoomId, user: UserId) -> None:
        await self.remove(tenant, room, user)

    async def close(self, tenant: Tenant, room: RoomId) -> None:
        await self._about(tenant, room, "DismissRoom")

    async def check(self, tenant: Tenant) -> None:
        """Return when the keys were accepted: a room that cannot be there is dismissed."""
        await self.close(tenant, _NOBODY)

    async def call(self, tenant: Tenant, action: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call an action about a tenant's application; return what is answered.

        Raises ``CloudRefused``, of which ``judge`` makes a failure; ``VendorFailure`` where nothing is answered.
        """
        is_international = tenant.sdk_app_id < INTERNATIONAL_BELOW
        cloud, region = (self._international, "ap-singapore") if is_international else (self._china, "ap-guangzhou")
        region = self._region if self._region in _REGIONS else region
        try:
            return await cloud.call(action, VERSION, {"SdkAppId": tenant.sdk_app_id, **said}, region=region)
        except CloudRefused:
            raise
        except ProviderUnavailable as failure:
            raise VendorFailure(Trouble.BUSY, str(failure), in_doubt=True) from failure

    async def _about(self, tenant: Tenant, room: RoomId, action: str, **said: Any) -> None:
        """Call the action, or its twin for rooms that are named by a text."""
        is_number = is_plain_id(room)
        body = {"RoomId": int(room) if is_number else str(room), **said}
        try:
            await self.call(tenant, action if is_number else f"{action}ByStrRoomId", body)
        except CloudRefused as refused:
            if refused.code not in _NO_SUCH:
                raise judge(action, refused.code) from refused


def judge(action: str, code: str) -> VendorFailure:
    """Return the failure that an error code is."""
    text = f"TRTC refuses ({action}: {code})"
    if code in _ACCESS_CODES or code.startswith(_ACCESS):
        return VendorFailure(Trouble.ACCESS, f"{text}: {_KEYS}", code=code)
    if code.startswith(_REFUSED):
        return VendorFailure(Trouble.SUBJECT, f"{text}: this is a fault of liveroom, report it", code=code)
    return VendorFailure(Trouble.UNKNOWN, text, code=code)
