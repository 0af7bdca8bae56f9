"""The switch of vendors: at whose place something is done for a tenant, and the ways there that the settings set up."""

from dataclasses import dataclass
from random import SystemRandom
from typing import Final

from liveroom.app.cloud import make_cloud
from liveroom.app.media import reveal
from liveroom.domain.ids import RoomId
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.domain.vendors.model import Vendor
from liveroom.ports import Clock, Database, Live
from liveroom.providers.livekit.control import LivekitControl
from liveroom.providers.livekit.listing import LONGEST, LivekitLists
from liveroom.providers.livekit.twirp import LivekitService
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.providers.tencent.im import TencentIm
from liveroom.providers.tencent.trtc_control import CHINA, INTERNATIONAL, TrtcControl
from liveroom.providers.tencent.trtc_listing import TrtcLists
from liveroom.settings import Settings
from liveroom.usecases.media.participants import MediaWork
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.im_bridge import ImBridge
from liveroom.usecases.vendors.message_work import GroupMembers, MessageWork
from liveroom.usecases.vendors.queue import Doer, VendorQueue

_LONGEST_LIST: Final = 8 * 1024 * 1024
"""Bytes of about 13,000 participants: more than one LiveKit server has."""


@dataclass(frozen=True, slots=True)
class Vendors:
    """The vendors that are set up. None of them is called before there is work."""

    default_rtc: RtcKind
    im: TencentIm | None = None
    trtc: TrtcControl | None = None
    livekit: LivekitControl | None = None
    livekit_lists: LivekitLists | None = None
    trtc_lists: TrtcLists | None = None

    def of(self, tenant: Tenant) -> frozenset[Vendor]:
        """Return at whose place something is done for the tenant."""
        has_app = bool(tenant.sdk_app_id and tenant.sdk_secret)
        rtc = tenant.rtc or self.default_rtc
        found = set[Vendor]()
        if self.im is not None and has_app:
            found.add(Vendor.IM)
        if self.trtc is not None and has_app and rtc is RtcKind.TRTC:
            found.add(Vendor.TRTC)
        if self.livekit is not None and rtc is RtcKind.LIVEKIT:
            found.add(Vendor.LIVEKIT)
        return frozenset(found)

    @property
    def any(self) -> bool:
        """Say whether there is any."""
        return bool(self.im or self.trtc or self.livekit)

    def workers(
        self, db: Database, live: Live, clock: Clock, tenants: Tenancy, recorder: Doer | None = None
    ) -> PartitionWorkers[VendorQueue]:
        """Return what does the work; ``recorder``: what does that of recordings."""
        doers: dict[Vendor, Doer] = {} if recorder is None else {Vendor.RECORDER: recorder}
        if self.im is not None:
            doers[Vendor.IM] = MessageWork(db, clock, self.im, GroupMembers(db, clock, self.im))
        if self.trtc is not None:
            doers[Vendor.TRTC] = MediaWork(db, live, clock, self.trtc)
        if self.livekit is not None:
            doers[Vendor.LIVEKIT] = MediaWork(db, live, clock, self.livekit)

        def vendors_of(tenant: Tenant) -> frozenset[Vendor]:
            return self.of(tenant) | ({Vendor.RECORDER} & doers.keys())

        return PartitionWorkers(VendorQueue(db, clock, tenants, vendors_of, doers, chance=SystemRandom().random))

    async def has_group(self, tenant: Tenant, room: RoomId) -> bool:
        """Say whether the room's group of messages is there; a tenant who has no application has none."""
        return self.im is not None and Vendor.IM in self.of(tenant) and await self.im.has_group(tenant, room)

    async def hang_up(self) -> None:
        """Let all connections go."""
        for vendor in (self.im, self.livekit, self.livekit_lists):
            if vendor is not None:
                await vendor.hang_up()


def make_vendors(settings: Settings, clock: Clock) -> Vendors:
    """Return the vendors that the settings set up."""
    has_livekit = bool(settings.livekit_url and settings.livekit_secret)
    trtc = make_trtc(settings, clock) if settings.tencent_secret_id and settings.tencent_secret_key else None
    return Vendors(
        RtcKind(settings.rtc),
        im=_im(settings, clock) if settings.im == "tencent" else None,
        trtc=trtc,
        trtc_lists=TrtcLists(trtc, clock) if trtc is not None and settings.trtc_lists else None,
        livekit=_livekit(settings, clock) if has_livekit else None,
        livekit_lists=_livekit_lists(settings, clock) if has_livekit else None,
    )


def make_im_bridge(
    settings: Settings, vendors: Vendors, db: Database, clock: Clock, tenants: Tenancy
) -> ImBridge | None:
    """Return the bridge to IM groups, where the operator wants it."""
    if not settings.im_mirror or vendors.im is None:
        return None
    return ImBridge(vendors.im, db, clock, tenants, vendors.of, chance=SystemRandom().random)


def _im(settings: Settings, clock: Clock) -> TencentIm:
    return TencentIm(
        Outgoing("Tencent IM", timeout=settings.vendor_timeout),
        clock,
        administrator=settings.tim_administrator,
        region=settings.region,
        origin=settings.tencent_origin,
    )


def make_trtc(settings: Settings, clock: Clock) -> TrtcControl:
    """Return the way to TRTC's cloud API."""

    def cloud(url: str) -> TencentCloud:
        return make_cloud(settings, settings.tencent_origin or url, clock, timeout=settings.vendor_timeout)

    return TrtcControl(cloud(CHINA), cloud(INTERNATIONAL), region=settings.region)


def _livekit(settings: Settings, clock: Clock) -> LivekitControl:
    return LivekitControl(
        Outgoing("LiveKit", timeout=settings.vendor_timeout, longest=_LONGEST_LIST),
        clock,
        url=settings.livekit_url,
        key=settings.livekit_key,
        secret=reveal(settings.livekit_secret),
    )


def _livekit_lists(settings: Settings, clock: Clock) -> LivekitLists:
    outgoing = Outgoing("LiveKit", timeout=settings.vendor_timeout, longest=LONGEST)
    key, secret = settings.livekit_key, reveal(settings.livekit_secret)
    return LivekitLists(
        LivekitService("RoomService", outgoing, clock, url=settings.livekit_url, key=key, secret=secret)
    )
