"""Wires what people do with rooms: entering, leaving, what owners do and set, and seats."""

from dataclasses import dataclass

from liveroom.app.backends import heat_rule_of
from liveroom.app.groups import ServiceGroup
from liveroom.app.wiring import Wiring
from liveroom.domain.tenants.model import RtcKind
from liveroom.ports import UserMessages
from liveroom.usecases.events.announcing import UserNotifier
from liveroom.usecases.follows.reaching import RememberedBlocks
from liveroom.usecases.hooks.entering import EntryHooks
from liveroom.usecases.media.participants import Media
from liveroom.usecases.media.watchers import Watchers
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.admin import AdminRooms
from liveroom.usecases.rooms.entering import Admissions, Entering
from liveroom.usecases.rooms.leaving import Departures, Unfinished
from liveroom.usecases.rooms.metadata import RoomMetadata
from liveroom.usecases.rooms.openings import Bounds, Openings, OwnedRooms
from liveroom.usecases.rooms.options import Invitations, RoomOptionChanges
from liveroom.usecases.rooms.passwords import Passwords
from liveroom.usecases.rooms.placements import Placements
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.rooms.reminders import Reminders
from liveroom.usecases.rooms.schedules import Schedules
from liveroom.usecases.seats.maps import SeatMapEditor, SeatPlans
from liveroom.usecases.seats.taking import SeatRequests, Seats


@dataclass(frozen=True, slots=True)
class RoomWiring:
    """Use cases of entering, leaving and owning rooms."""

    owned: OwnedRooms
    admin: AdminRooms
    placements: Placements
    entering: Entering
    departures: Departures
    passwords: Passwords
    privacy: Privacy


def make_rooms(wiring: Wiring) -> RoomWiring:
    """Build them."""
    settings, clock, db, live, relay = wiring.settings, wiring.clock, wiring.db, wiring.live, wiring.relay
    broadcasts, listings, screening = wiring.broadcasts, wiring.listings, wiring.screening
    passwords, privacy = Passwords(live, wiring.stamps), Privacy(db, live, clock)
    entry_hooks = EntryHooks(db, live, wiring.hook_calls, screening, privacy)
    bounds = Bounds(settings.rooms_per_owner, settings.room_pace)
    openings = Openings(db, live, clock, broadcasts, relay, bounds)
    admissions = Admissions(db, live, entry_hooks, openings, relay, wiring.policies)
    departures = Departures(live, listings, Unfinished(live), wiring.publish_permissions)
    owned = OwnedRooms(live, openings, broadcasts, relay, screening, privacy)
    admin = AdminRooms(db, live, broadcasts, owned, relay, clock, heat_rule_of(settings))
    return RoomWiring(
        owned=owned,
        admin=admin,
        placements=Placements(db, clock, relay, admin),
        entering=Entering(live, clock, passwords, entry_hooks, admissions, departures, listings),
        departures=departures,
        passwords=passwords,
        privacy=privacy,
    )


@dataclass(frozen=True, slots=True)
class RoomSettingsWiring(ServiceGroup):
    """Use cases of options, invitations, schedules and metadata."""

    options: RoomOptionChanges
    invitations: Invitations
    schedules: Schedules
    reminders: Reminders
    metadata: RoomMetadata
    placements: Placements


def make_room_settings(
    wiring: Wiring, rooms: RoomWiring, access_changes: AccessChanges, user_messages: UserMessages
) -> RoomSettingsWiring:
    """Build them."""
    db, live, clock, relay, broadcasts = wiring.db, wiring.live, wiring.clock, wiring.relay, wiring.broadcasts
    ranks, passwords = Ranks(db, live), rooms.passwords
    notifier = UserNotifier(user_messages, clock)
    return RoomSettingsWiring(
        options=RoomOptionChanges(db, clock, broadcasts, relay, ranks, passwords, access_changes),
        invitations=Invitations(db, live, clock, access_changes, notifier),
        schedules=Schedules(db, clock, broadcasts, passwords, relay, wiring.screening, wiring.settings.remind_before),
        reminders=Reminders(db, live, clock, rooms.privacy),
        metadata=RoomMetadata(db, live, clock, ranks, relay),
        placements=rooms.placements,
    )


@dataclass(frozen=True, slots=True)
class SeatWiring(ServiceGroup):
    """Use cases of seats."""

    seat_maps: SeatMapEditor
    seats: Seats
    requests: SeatRequests
    plans: SeatPlans


def make_seat_wiring(wiring: Wiring, user_messages: UserMessages, trail: Audit) -> SeatWiring:
    """Build them."""
    ranks, publish_permissions = Ranks(wiring.db, wiring.live), wiring.publish_permissions
    seat_maps = SeatMapEditor(wiring.live, wiring.clock, ranks, publish_permissions, trail)
    return SeatWiring(
        seat_maps=seat_maps,
        seats=Seats(wiring.db, seat_maps, publish_permissions, trail),
        requests=SeatRequests(
            wiring.db, seat_maps, UserNotifier(user_messages, wiring.clock), wiring.settings.seat_request
        ),
        plans=SeatPlans(seat_maps, publish_permissions, ranks, wiring.broadcasts, wiring.relay, trail),
    )


def make_media(wiring: Wiring, user_messages: UserMessages, watchers: Watchers) -> Media:
    """Build what people do with media."""
    live, clock, default = wiring.live, wiring.clock, RtcKind(wiring.settings.rtc)
    return Media(live, clock, user_messages, wiring.rtc, default, watchers, RememberedBlocks(wiring.db, clock))
