"""Wires what people do with rooms: entering, leaving, and what owners do."""

from dataclasses import dataclass

from liveroom.app.wiring import Wiring
from liveroom.keys import KeyedStamps
from liveroom.usecases.hooks.entering import EntryHooks
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.entering import Admissions, Entering
from liveroom.usecases.rooms.leaving import Departures, Unfinished
from liveroom.usecases.rooms.openings import Bounds, Openings, OwnedRooms
from liveroom.usecases.rooms.passwords import Passwords


@dataclass(frozen=True, slots=True)
class RoomWiring:
    """The use cases."""

    owned: OwnedRooms
    entering: Entering
    departures: Departures
    passwords: Passwords
    privacy: Privacy


def make_rooms(wiring: Wiring) -> RoomWiring:
    """Build them."""
    settings, clock, db, live, relay = wiring.settings, wiring.clock, wiring.db, wiring.live, wiring.relay
    broadcasts, listings, screening = wiring.broadcasts, wiring.listings, wiring.screening
    passwords, privacy = Passwords(live, KeyedStamps(wiring.keys)), Privacy(db, live, clock)
    entry_hooks = EntryHooks(db, live, wiring.hook_calls, screening, privacy)
    bounds = Bounds(settings.rooms_per_owner, settings.room_pace)
    openings = Openings(db, live, clock, broadcasts, relay, bounds)
    admissions = Admissions(db, live, entry_hooks, openings, relay, wiring.policies)
    departures = Departures(live, listings, Unfinished(live), wiring.publish_permissions)
    return RoomWiring(
        owned=OwnedRooms(live, openings, broadcasts, relay, screening, privacy),
        entering=Entering(live, clock, passwords, entry_hooks, admissions, departures, listings),
        departures=departures,
        passwords=passwords,
        privacy=privacy,
    )
