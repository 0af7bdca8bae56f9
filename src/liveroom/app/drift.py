"""Wires drift: which sources there are, who compares them, and what operators see of it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.drift.model import DriftSource
from liveroom.ports import MediaLists, Reconciled, RtcControl
from liveroom.providers.tencent.im_listing import TencentImLists
from liveroom.usecases.drift.explaining import Explanations
from liveroom.usecases.drift.groups import GroupDrift
from liveroom.usecases.drift.live_store import LiveStoreDrift
from liveroom.usecases.drift.media import MediaDrift, MediaProvider
from liveroom.usecases.drift.reconciling import Reconciliation
from liveroom.usecases.drift.recordings import RecordingDrift
from liveroom.usecases.drift.showing import DriftReports
from liveroom.usecases.drift.streams import StreamDrift
from liveroom.usecases.presence.recovery import Journaling
from liveroom.usecases.tenants.served import ServedTenants


@dataclass(frozen=True, slots=True)
class DriftServices(ServiceGroup):
    """The use cases."""

    reconciliation: Reconciliation
    reports: DriftReports
    explanations: Explanations


def make_drift(wiring: Wiring, streams: StreamDrift) -> DriftServices:
    """Build them."""
    db, live, clock = wiring.db, wiring.live, wiring.clock
    journaling = Journaling(db, wiring.recorder, wiring.settings.takes_streams)
    sources: list[Reconciled] = [LiveStoreDrift(db, live, clock, wiring.relay, journaling)]
    served = ServedTenants(wiring.tenants, wiring.vendors.of)

    def media(source: DriftSource, lists: MediaLists, control: RtcControl) -> None:
        provider = MediaProvider(lists, control, wiring.publish_permissions)
        sources.append(MediaDrift(source, db, live, clock, served, provider))

    livekit, lists = wiring.vendors.livekit, wiring.vendors.livekit_lists
    if livekit is not None and lists is not None:
        media(DriftSource.LIVEKIT, lists, livekit)
    if wiring.vendors.trtc is not None and wiring.vendors.trtc_lists is not None:
        media(DriftSource.TRTC, wiring.vendors.trtc_lists, wiring.vendors.trtc)
    if (im := wiring.vendors.im) is not None:
        sources.append(GroupDrift(db, live, clock, served, TencentImLists(im)))
    sources.append(streams)
    if (recorder := wiring.broadcasts.recording.recorder) is not None:
        sources.append(RecordingDrift(db, clock, wiring.tenants, recorder))
    reconciliation = Reconciliation(db, clock, sources)
    return DriftServices(reconciliation, DriftReports(db, clock), Explanations(db, live, wiring.vendors.of))


DRIFT: Final[MaintenanceJob[Reconciliation]] = MaintenanceJob(
    "drift",
    "compares SQL, the live store and providers with each other, and repairs what is safe",
    Reconciliation.go_on,
    Processes.ONE,
    timedelta(seconds=2),
    at_once=Reconciliation.at_once,
    counted="drift_repaired",
    on=Reconciliation,
)
