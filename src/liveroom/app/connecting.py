"""Wires connecting live rooms, battles between them, and the background job about requests."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.app.activities import ActivityServices, make_activities
from liveroom.app.background import MaintenanceJob, Processes
from liveroom.app.battles import BattleServices, make_battles
from liveroom.app.groups import ServiceGroup
from liveroom.app.music import MusicServices, make_music
from liveroom.app.wiring import Wiring
from liveroom.domain.tenants.model import RtcKind
from liveroom.ports import UserMessages
from liveroom.usecases.connections.changes import ConnectionChanges
from liveroom.usecases.connections.current import RoomConnections
from liveroom.usecases.connections.requests import ConnectionRequests
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.gifts.catalogues import GiftCatalogues
from liveroom.usecases.media.connected import ConnectedMedia
from liveroom.usecases.rooms.ranks import Ranks

_SECOND: Final = timedelta(seconds=1)
UNANSWERED: Final[MaintenanceJob[ConnectionRequests]] = MaintenanceJob(
    "connections",
    "ends requests to connect rooms that nobody answered",
    ConnectionRequests.expire,
    Processes.ANY,
    _SECOND,
    beside_calls=_SECOND,
    counted="unanswered",
    on=ConnectionRequests,
)
"""The background job about them."""


@dataclass(frozen=True, slots=True)
class ConnectionServices(ServiceGroup):
    """Use cases of connections between rooms, of battles between these, and of activities and songs in each."""

    connections: RoomConnections
    requests: ConnectionRequests
    media: ConnectedMedia
    battling: BattleServices
    activities: ActivityServices
    music: MusicServices


def make_connecting(
    wiring: Wiring, user_messages: UserMessages, catalogues: GiftCatalogues | None
) -> ConnectionServices:
    """Build them. ``catalogues``: None where gifts are off."""
    db, live, clock = wiring.db, wiring.live, wiring.clock
    ranks, notifier = Ranks(db, live), UserNotifier(user_messages, clock)
    changes = ConnectionChanges(db, clock, wiring.recorder, wiring.relay)
    requests = ConnectionRequests(changes, live, ranks, notifier, wiring.settings.connection_request)
    connections = RoomConnections(changes, requests, live, ranks, wiring.listings)
    media = ConnectedMedia(live, clock, wiring.rtc, RtcKind(wiring.settings.rtc))
    activities, battling = make_activities(wiring, user_messages, catalogues), make_battles(wiring, requests)
    music = make_music(wiring, activities.activities)
    return ConnectionServices(connections, requests, media, battling, activities, music)
