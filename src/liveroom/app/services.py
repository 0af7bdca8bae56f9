"""The use cases of a service; a handler of a declared method is given those that it names the types of."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, get_type_hints

from liveroom.api.offer import Offer
from liveroom.app.connecting import ConnectionServices
from liveroom.app.console import ConsoleServices
from liveroom.app.follows import FollowServices
from liveroom.app.groups import ServiceGroup
from liveroom.app.looking_up import LookingUp
from liveroom.app.moderating import ModerationServices
from liveroom.app.money import MoneyServices
from liveroom.app.recordings import RecordingServices
from liveroom.app.rooms import RoomSettingsWiring, SeatWiring
from liveroom.app.streams import MediaServices
from liveroom.app.uploads import UploadServices
from liveroom.usecases.accounts.contacts import Codes
from liveroom.usecases.accounts.logins import CodeLogins, Guests
from liveroom.usecases.accounts.own_users import AdminUsers, OwnUsers
from liveroom.usecases.accounts.profiles import Languages, Profiles, ProfileWriter, UserLookups
from liveroom.usecases.accounts.registration import Registration
from liveroom.usecases.accounts.sessions import ActingSessions, Authentication, LoginTokens, Logouts
from liveroom.usecases.events.announcing import Announcements
from liveroom.usecases.messages.pinning import PinnedMessages
from liveroom.usecases.messages.sending import Messages
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.reports import Reports
from liveroom.usecases.moderation.users import Moderation, RoomModeration
from liveroom.usecases.presence.attendance import Attendance
from liveroom.usecases.presence.sockets import Sync
from liveroom.usecases.privacy.erasures import AccountDeletion
from liveroom.usecases.privacy.visibility import Privacy
from liveroom.usecases.rooms.entering import Entering
from liveroom.usecases.rooms.leaving import Departures
from liveroom.usecases.rooms.likes import LikeCalls
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.openings import OwnedRooms
from liveroom.usecases.rooms.public import PublicRooms
from liveroom.usecases.rooms.roles import OwnerTransfers, Roles
from liveroom.usecases.rooms.searching import RoomSearch
from liveroom.usecases.tenants.keys import AppSignatures, ServerKeys
from liveroom.usecases.tenants.registry import Tenancy

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases behind the declared methods."""

    tenants: Tenancy
    sessions: Authentication
    login_tokens: LoginTokens
    logouts: Logouts
    registration: Registration
    deletion: AccountDeletion
    own_users: OwnUsers
    admin_users: AdminUsers
    moderation: Moderation
    app_signatures: AppSignatures
    guests: Guests
    codes: Codes
    code_logins: CodeLogins
    profiles: Profiles
    profile_writer: ProfileWriter
    lookups: UserLookups
    languages: Languages
    rooms: OwnedRooms
    entering: Entering
    departures: Departures
    seating: SeatWiring
    connecting: ConnectionServices
    looking_up: LookingUp
    roles: Roles
    transfers: OwnerTransfers
    room_settings: RoomSettingsWiring
    room_moderation: RoomModeration
    reports: Reports
    moderators: ModerationServices
    likes: LikeCalls
    following: FollowServices
    messages: Messages
    pinned_messages: PinnedMessages
    listings: Listings
    search: RoomSearch
    public_rooms: PublicRooms
    privacy: Privacy
    attendance: Attendance
    sync: Sync
    media: MediaServices
    money: MoneyServices
    announcements: Announcements
    server_keys: ServerKeys
    acting: ActingSessions
    console: ConsoleServices
    uploads: UploadServices
    recordings: RecordingServices
    audit: Audit
    offer: Offer


def by_type(record: "DataclassInstance") -> Mapping[type, Any]:
    """Return what a dataclass and its groups have, each by the type of its field, as handlers and jobs ask for it."""
    types, found = get_type_hints(type(record)), dict[type, Any]()
    for field in fields(record):
        value = getattr(record, field.name)
        found |= by_type(value) if isinstance(value, ServiceGroup) else {types[field.name]: value}
    return found
