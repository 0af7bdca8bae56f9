"""Wires media and pushed streams, and the background job about streams."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.groups import ServiceGroup
from liveroom.app.rooms import RoomWiring, make_media
from liveroom.app.stream_servers import StreamServerSetup, make_stream_servers
from liveroom.app.wiring import Wiring
from liveroom.ports import UserMessages
from liveroom.usecases.drift.streams import StreamDrift
from liveroom.usecases.media.participants import Media
from liveroom.usecases.media.watchers import Watchers
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.streams.admin import AdminStreams
from liveroom.usecases.streams.due import DueStreams
from liveroom.usecases.streams.hosts import StreamHosts
from liveroom.usecases.streams.owning import Streams
from liveroom.usecases.streams.playing import StreamPlayback
from liveroom.usecases.streams.reports import StreamReports
from liveroom.usecases.streams.rows import StreamChanges
from liveroom.usecases.streams.viewers import StreamViewers

_SECOND: Final = timedelta(seconds=1)
STREAMS: Final[MaintenanceJob[DueStreams]] = MaintenanceJob(
    "streams",
    "ends streams whose encoder has not come back, and has servers cut off and let in encoders",
    DueStreams.run,
    Processes.ANY,
    _SECOND,
    beside_calls=_SECOND,
    counted="streams",
    on=DueStreams,
)
"""The background job about them."""


@dataclass(frozen=True, slots=True)
class StreamServices(ServiceGroup):
    """Use cases of pushed streams."""

    streams: Streams
    playback: StreamPlayback
    admin_streams: AdminStreams
    reports: StreamReports
    viewers: StreamViewers
    due_streams: DueStreams
    drift: StreamDrift
    setup: StreamServerSetup


@dataclass(frozen=True, slots=True)
class MediaServices(ServiceGroup):
    """How hosts reach viewers: by a media provider, or by streams that they push."""

    rtc: Media
    streams: StreamServices


def make_media_services(
    wiring: Wiring, streams: StreamServices, user_messages: UserMessages, watchers: Watchers
) -> MediaServices:
    """Build them."""
    return MediaServices(make_media(wiring, user_messages, watchers), streams)


def make_streams(wiring: Wiring, rooms: RoomWiring) -> StreamServices:
    """Build them."""
    settings, db, live, clock = wiring.settings, wiring.db, wiring.live, wiring.clock
    setup = make_stream_servers(settings, clock)
    servers = setup.servers
    changes = StreamChanges(db, clock, wiring.recorder, wiring.relay, settings.streams_grace)
    due_streams = DueStreams(changes, servers, live)
    hosts = StreamHosts(db, live, clock, wiring.tenants, rooms.entering, settings.streams_open_rooms)
    reports = StreamReports(changes, hosts, due_streams)
    return StreamServices(
        streams=Streams(changes, servers, live, Ranks(db, live), due_streams, settings.streams_key_lifetime),
        playback=StreamPlayback(servers, live, clock, rooms.privacy, settings.streams_play_lifetime),
        admin_streams=AdminStreams(changes, due_streams),
        reports=reports,
        viewers=StreamViewers(db, live),
        due_streams=due_streams,
        drift=StreamDrift(changes, servers, reports, due_streams),
        setup=setup,
    )
