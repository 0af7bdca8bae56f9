"""The use cases of a service; a handler of a declared method is given those that it names the types of."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from liveroom.api.offer import Offer
from liveroom.usecases.accounts import Accounts
from liveroom.usecases.acting import ActingSessions
from liveroom.usecases.admin_rooms import AdminRooms
from liveroom.usecases.admin_users import AdminUsers
from liveroom.usecases.announcing import Announcements
from liveroom.usecases.app_signatures import AppSignatures
from liveroom.usecases.attendance import Attendance
from liveroom.usecases.audit import Audit
from liveroom.usecases.authentication import Authentication
from liveroom.usecases.code_logins import CodeLogins
from liveroom.usecases.codes import Codes
from liveroom.usecases.guests import Guests
from liveroom.usecases.languages import Languages
from liveroom.usecases.likes import LikeCalls
from liveroom.usecases.listings import Listings
from liveroom.usecases.media import Media
from liveroom.usecases.messages import Messages
from liveroom.usecases.moderation import Moderation
from liveroom.usecases.oversight import Oversight
from liveroom.usecases.own_users import OwnUsers
from liveroom.usecases.privacy import Privacy
from liveroom.usecases.profiles import Profiles
from liveroom.usecases.reports import Reports
from liveroom.usecases.roles import Roles
from liveroom.usecases.room_metadata import RoomMetadata
from liveroom.usecases.room_moderation import RoomModeration
from liveroom.usecases.room_options import RoomOptionChanges
from liveroom.usecases.room_schedules import Schedules
from liveroom.usecases.rooms import Rooms
from liveroom.usecases.seat_maps import SeatMapEditor
from liveroom.usecases.seat_plans import SeatPlans
from liveroom.usecases.seat_requests import SeatRequests
from liveroom.usecases.seats import Seats
from liveroom.usecases.server_keys import ServerKeys
from liveroom.usecases.sync import Sync
from liveroom.usecases.tenancy import Tenancy


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases behind the declared methods."""

    tenants: Tenancy
    sessions: Authentication
    accounts: Accounts
    own_users: OwnUsers
    admin_users: AdminUsers
    moderation: Moderation
    app_signatures: AppSignatures
    guests: Guests
    codes: Codes
    code_logins: CodeLogins
    profiles: Profiles
    languages: Languages
    rooms: Rooms
    seat_maps: SeatMapEditor
    seats: Seats
    seat_requests: SeatRequests
    seat_plans: SeatPlans
    admin_rooms: AdminRooms
    roles: Roles
    options: RoomOptionChanges
    schedules: Schedules
    metadata: RoomMetadata
    room_moderation: RoomModeration
    oversight: Oversight
    reports: Reports
    likes: LikeCalls
    messages: Messages
    listings: Listings
    privacy: Privacy
    attendance: Attendance
    sync: Sync
    media: Media
    announcements: Announcements
    server_keys: ServerKeys
    acting: ActingSessions
    audit: Audit
    offer: Offer

    def by_type(self) -> Mapping[type, Any]:
        """Return each by its type, as handlers ask for it."""
        types = get_type_hints(type(self))
        return {types[field.name]: getattr(self, field.name) for field in fields(self)}
