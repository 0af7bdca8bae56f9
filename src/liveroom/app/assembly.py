"""Builds the use cases, bottom up: ``wiring``, ``people``, then what HTTP and sockets call."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.api.dispatch import Dispatcher
from liveroom.api.identity import Callers
from liveroom.api.offer import ALL_ON, Offer, Switches
from liveroom.api.operators.console import ConsoleCalls
from liveroom.api.tenants.server_keys import KeyedCalls
from liveroom.app.connecting import make_connecting
from liveroom.app.console import ConsoleServices, make_console
from liveroom.app.follows import make_follows
from liveroom.app.instruments import UNRECORDED, Instruments
from liveroom.app.jobs import run_all_once
from liveroom.app.looking_up import make_looking_up
from liveroom.app.maintenance import MaintenanceWork, make_maintenance
from liveroom.app.media import make_broker, make_user_messages
from liveroom.app.moderating import make_moderating, make_moderation
from liveroom.app.modules import Modules, ModulesAtWork, find_modules, make_inside
from liveroom.app.money import make_money
from liveroom.app.outages import DATABASE, LIVE, Outages
from liveroom.app.people import People, make_people
from liveroom.app.recordings import make_recordings, make_reports
from liveroom.app.request_driven import RequestDrivenScheduler
from liveroom.app.rooms import RoomWiring, make_room_settings, make_rooms, make_seat_wiring
from liveroom.app.services import Services, by_type
from liveroom.app.streams import StreamServices, make_media_services, make_streams
from liveroom.app.uploads import make_uploads
from liveroom.app.vendors import Vendors
from liveroom.app.webhooks import Outward
from liveroom.app.wiring import LiveMaker, Wiring, make_wiring
from liveroom.domain.events.model import Devices
from liveroom.domain.messages.model import Allowed
from liveroom.keys import KeyRing
from liveroom.ports import Clock, Live, TargetsOf, UserMessages
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.accounts.own_users import AdminUsers
from liveroom.usecases.accounts.profiles import UserLookups
from liveroom.usecases.accounts.sessions import ActingSessions
from liveroom.usecases.events.announcing import Announcements, UserNotifier
from liveroom.usecases.events.recorder import EventRecorder, no_targets
from liveroom.usecases.hooks.calls import HookCalls
from liveroom.usecases.messages.pinning import PinBoard, PinnedMessages
from liveroom.usecases.messages.sending import Messages
from liveroom.usecases.moderation.labels import VendorLabels
from liveroom.usecases.moderation.users import Moderation, leave_to_others
from liveroom.usecases.operators.console import ConsoleAccess
from liveroom.usecases.presence.attendance import Attendance
from liveroom.usecases.presence.outside import DestroyedGroups, MediaEnforcement, Outside, VendorRecords
from liveroom.usecases.presence.sockets import Sync
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.likes import LikeCalls
from liveroom.usecases.rooms.public import PublicRooms
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.rooms.searching import RoomSearch
from liveroom.usecases.seats.operator_options import OperatorOptions
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.vendors.im_bridge import ImBridge


@dataclass(frozen=True, slots=True)
class Core:
    """The program without HTTP and sockets."""

    settings: Settings
    clock: Clock
    keys: KeyRing
    db: SqlDatabase
    live: Live
    broker: Centrifugo | None
    """What holds the sockets, where the service does not do it itself."""
    broadcasts: Broadcasts
    moderation: Moderation
    recorder: EventRecorder
    jobs: MaintenanceWork
    services: Services
    dispatcher: Dispatcher
    vendors: Vendors
    im_bridge: ImBridge | None
    outside: Outside
    hook_calls: HookCalls
    outward: Outward
    modules: ModulesAtWork
    outages: Outages
    instruments: Instruments
    request_driven: RequestDrivenScheduler | None = None
    """Runs jobs beside calls, where there is no scheduler."""

    async def tick(self) -> dict[str, int]:
        """Run all maintenance jobs once; return what was done."""
        return await run_all_once(by_type(self.jobs))

    async def live_rooms(self) -> int:
        """Return how many rooms are live in all tenants."""
        return sum([await self.db.rooms.count_live(tenant.name) for tenant in self.jobs.tenants.all()])

    async def leave_vendors(self) -> None:
        """Break off what is under way at vendors, and hang up."""
        if self.im_bridge is not None:
            await self.im_bridge.close()
        await self.jobs.vendors.close()
        await self.vendors.hang_up()
        await self.hook_calls.client.close()
        await self.outward.close()
        await self.services.console.operators.company.close()
        await self.services.uploads.close()
        await self.services.media.streams.setup.close()
        await self.services.recordings.close()
        await self.services.money.charges.close()
        await self.services.money.receipts.close()


async def assemble(
    settings: Settings,
    clock: Clock,
    db: SqlDatabase,
    *,
    make: LiveMaker | None = None,
    others: TargetsOf = no_targets,
    modules: Modules | None = None,
    instruments: Instruments = UNRECORDED,
) -> Core:
    """Build everything on an open database; the live store is not started yet.

    ``others``: who wants to be told beside those whom the operator has named. ``modules``: those that are there; None
    looks which are installed. ``instruments``: makes the parts that may record themselves, the live
    store among them unless ``make`` does.
    """
    modules = modules or find_modules(settings)
    wiring = await make_wiring(
        settings, clock, db, make=make or instruments.live, others=others, instruments=instruments
    )
    people, broker = make_people(wiring), make_broker(settings)
    rooms = make_rooms(wiring)
    streams = make_streams(wiring, rooms)
    console = make_console(wiring, people, modules, streams.drift)
    parts = _Parts(rooms, people, streams, console)
    services = _services(wiring, parts, make_user_messages(wiring.live, broker))
    kinds = (wiring.hook_calls.hooks, wiring.outward.webhooks, services.server_keys, people.own_users.secrets)
    catalogues = [services.money.gifts.catalogues] if settings.offers("gifts") else []
    configuration = OperatorConfiguration(
        db, [*kinds, services.app_signatures, people.address_bans, wiring.screening.listed, *catalogues]
    )
    await configuration.refresh()
    jobs = make_maintenance(wiring, services, configuration)
    return Core(
        settings=settings,
        clock=clock,
        keys=wiring.keys,
        db=db,
        live=wiring.live,
        broker=broker,
        broadcasts=wiring.broadcasts,
        moderation=make_moderation(wiring, people, leave_to_others),
        recorder=wiring.recorder,
        jobs=jobs,
        services=services,
        dispatcher=make_dispatcher(
            services, Switches(modules.offered, maintenance_notice(settings)), instruments.dispatcher
        ),
        vendors=wiring.vendors,
        im_bridge=wiring.im_bridge,
        outside=_outside(wiring, jobs),
        hook_calls=wiring.hook_calls,
        outward=wiring.outward,
        modules=_at_work(modules, wiring, services),
        outages=Outages({DATABASE: db.ping, LIVE: wiring.live.ping}),
        instruments=instruments,
    )


def _at_work(modules: Modules, wiring: Wiring, services: Services) -> ModulesAtWork:
    activities = services.connecting.activities
    inside = make_inside(wiring.settings.data_dir, services.announcements, wiring.recorder, activities.activities)
    return modules.seated(inside, wiring.hook_calls, activities.types)


def make_dispatcher(services: Services, switches: Switches = ALL_ON, kind: type[Dispatcher] = Dispatcher) -> Dispatcher:
    """Return what answers calls of declared methods with these use cases."""
    return kind(
        services.tenants,
        Callers(services.tenants, services.sessions, services.app_signatures),
        services.languages,
        services.privacy,
        KeyedCalls(services.server_keys, services.tenants, services.sessions, services.acting, services.audit),
        ConsoleCalls(services.console.operators.sessions, services.tenants, services.audit),
        by_type(services),
        switches,
    )


def maintenance_notice(settings: Settings) -> Mapping[str, str] | None:
    """Return what people are told during maintenance; None when there is none."""
    return {"zh": settings.maintenance_zh, "en": settings.maintenance_en} if settings.maintenance else None


class _Parts(NamedTuple):
    """What is built before the use cases that share it."""

    rooms: RoomWiring
    people: People
    streams: StreamServices
    console: ConsoleServices


def _services(wiring: Wiring, parts: _Parts, told: UserMessages) -> Services:
    rooms, people, streams, console = parts
    settings, clock, db, live, trail = wiring.settings, wiring.clock, wiring.db, wiring.live, wiring.trail
    messages, announcements = _messages(wiring), Announcements(db, live, clock, told)
    moderating = make_moderating(wiring, rooms, people, announcements, messages)
    room_settings = make_room_settings(wiring, rooms, moderating.access_changes, told)
    seating, money = make_seat_wiring(wiring, told, trail), make_money(wiring, UserNotifier(told, clock))
    in_owners_name = OperatorOptions(room_settings.options, seating.plans)
    return Services(
        tenants=wiring.tenants,
        sessions=people.sessions,
        login_tokens=people.login_tokens,
        logouts=people.logouts,
        registration=people.registration,
        deletion=people.deletion,
        own_users=people.own_users,
        admin_users=AdminUsers(db, clock, wiring.recorder, people.own_users.own_accounts, people.new_sessions),
        moderation=moderating.everywhere,
        app_signatures=console.system.keys.app_signatures,
        guests=people.guests,
        codes=people.codes,
        code_logins=people.code_logins,
        profiles=people.profiles,
        profile_writer=people.profiles.writer,
        lookups=UserLookups(db, live),
        languages=people.languages,
        rooms=rooms.owned,
        entering=rooms.entering,
        departures=rooms.departures,
        seating=seating,
        connecting=make_connecting(wiring, told, money.gifts.catalogues if settings.offers("gifts") else None),
        looking_up=make_looking_up(wiring, rooms, told, moderating, messages, in_owners_name),
        room_settings=room_settings,
        roles=moderating.roles,
        transfers=moderating.transfers,
        room_moderation=moderating.rooms,
        reports=moderating.reports,
        moderators=moderating.services,
        likes=LikeCalls(live),
        following=make_follows(wiring, told),
        messages=messages,
        pinned_messages=PinnedMessages(Ranks(db, live), moderating.access_changes, messages.board, messages.find),
        listings=wiring.listings,
        search=RoomSearch(db, live, clock, wiring.listings),
        public_rooms=_public_rooms(wiring, people),
        privacy=rooms.privacy,
        attendance=Attendance(db, live, rooms.privacy),
        sync=_sync(wiring, people, rooms, console.access),
        media=make_media_services(wiring, streams, told, moderating.services.watchers),
        money=money,
        announcements=announcements,
        server_keys=console.access.server_keys,
        console=console,
        uploads=make_uploads(wiring, people.profiles.writer),
        recordings=make_recordings(wiring),
        acting=ActingSessions(db, clock, people.sessions),
        audit=trail,
        offer=Offer(settings.query_limit_default, settings.captcha_web_appid, settings.captcha_wxmini_appid),
    )


def _sync(wiring: Wiring, people: People, rooms: RoomWiring, access: ConsoleAccess) -> Sync:
    devices = Devices(wiring.settings.devices)
    return Sync(wiring.live, people.sessions, wiring.tenants, people.logouts, devices, rooms.privacy, access)


def _messages(wiring: Wiring) -> Messages:
    settings, db, live = wiring.settings, wiring.db, wiring.live
    allowed = Allowed(settings.message_limit, settings.room_message_limit)
    board = PinBoard(live, wiring.broadcasts, wiring.relay)
    return Messages(db, live, wiring.clock, Ranks(db, live), wiring.screening, allowed, wiring.trail, board)


def _public_rooms(wiring: Wiring, people: People) -> PublicRooms:
    browsing = wiring.settings.browsing
    is_open = people.guests.is_open if browsing == "guests" else browsing == "on"
    return PublicRooms(wiring.db, wiring.live, wiring.clock, wiring.listings, is_open)


def _outside(wiring: Wiring, jobs: MaintenanceWork) -> Outside:
    has_group = wiring.vendors.has_group if wiring.vendors.im is not None else None
    return Outside(
        wiring.db,
        wiring.live,
        wiring.clock,
        wiring.tenants,
        MediaEnforcement(wiring.publish_permissions, jobs.returned_participants.returning),
        DestroyedGroups(wiring.db, wiring.broadcasts, wiring.relay, has_group),
        VendorRecords(VendorLabels(wiring.db), jobs.callback_notes, make_reports(wiring)),
    )
