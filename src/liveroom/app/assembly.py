"""Builds the use cases, bottom up: ``wiring``, ``people``, then what HTTP and sockets call."""

from collections.abc import Mapping
from dataclasses import dataclass

from liveroom.api.dispatch import Dispatcher
from liveroom.api.offer import ALL_ON, Offer, Switches
from liveroom.api.tenants.server_keys import KeyedCalls
from liveroom.app.backends import make_live
from liveroom.app.jobs import run_all_once
from liveroom.app.media import make_broker, make_providers, make_user_messages
from liveroom.app.moderating import make_moderating
from liveroom.app.modules import Modules, ModulesAtWork, find_modules, make_inside
from liveroom.app.outages import DATABASE, LIVE, Outages
from liveroom.app.people import People, make_people
from liveroom.app.request_driven import RequestDrivenScheduler
from liveroom.app.room_settings import make_room_settings
from liveroom.app.seats import make_seat_wiring
from liveroom.app.services import Services
from liveroom.app.vendors import Vendors
from liveroom.app.webhooks import Outward
from liveroom.app.wiring import LiveMaker, Wiring, make_wiring
from liveroom.domain.events.model import Devices
from liveroom.domain.messages.model import Allowed
from liveroom.domain.tenants.model import RtcKind
from liveroom.keys import KeyRing
from liveroom.ports import Clock, Live, TargetsOf
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.accounts.admin import AdminUsers
from liveroom.usecases.accounts.code_logins import CodeLogins
from liveroom.usecases.accounts.codes import Codes
from liveroom.usecases.accounts.contacts import ContactBindings
from liveroom.usecases.accounts.profiles import Languages, Profiles
from liveroom.usecases.events.announcing import Announcements, UserNotifier
from liveroom.usecases.events.recorder import EventRecorder, no_targets
from liveroom.usecases.hooks.calls import HookCalls
from liveroom.usecases.maintenance_jobs import MaintenanceJobs
from liveroom.usecases.media.admission import Media
from liveroom.usecases.messages.sending import Messages
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.moderation.users import Moderation
from liveroom.usecases.presence.attendance import Attendance
from liveroom.usecases.presence.comparing import Comparison
from liveroom.usecases.presence.outside import Outside
from liveroom.usecases.presence.sockets import Sync
from liveroom.usecases.privacy.erasures import DeletedUsers
from liveroom.usecases.privacy.retention import Retention
from liveroom.usecases.rooms.admin import AdminRooms
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.likes import LikeCalls
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.tenants.acting import ActingSessions
from liveroom.usecases.tenants.app_signatures import AppSignatures
from liveroom.usecases.tenants.operator_configuration import OperatorConfiguration
from liveroom.usecases.tenants.server_keys import ServerKeys
from liveroom.usecases.vendors.im_bridge import ImBridge
from liveroom.usecases.vendors.review import VendorReview


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
    jobs: MaintenanceJobs
    services: Services
    dispatcher: Dispatcher
    vendors: Vendors
    im_bridge: ImBridge | None
    outside: Outside
    hook_calls: HookCalls
    outward: Outward
    modules: ModulesAtWork
    outages: Outages
    request_driven: RequestDrivenScheduler | None = None
    """Runs jobs beside calls, where there is no scheduler."""

    async def tick(self) -> dict[str, int]:
        """Run all maintenance jobs once; return what was done."""
        return await run_all_once(self.jobs)

    async def leave_vendors(self) -> None:
        """Break off what is under way at vendors, and hang up."""
        if self.im_bridge is not None:
            await self.im_bridge.close()
        await self.jobs.vendors.close()
        await self.vendors.hang_up()
        await self.hook_calls.client.close()
        await self.outward.close()


async def assemble(
    settings: Settings,
    clock: Clock,
    db: SqlDatabase,
    *,
    make: LiveMaker = make_live,
    others: TargetsOf = no_targets,
    modules: Modules | None = None,
) -> Core:
    """Build everything on an open database; the live store is not started yet.

    ``others``: who wants to be told beside those whom the operator has named. ``modules``: those that are there; None
    looks which are installed.
    """
    modules = modules or find_modules(settings)
    wiring = await make_wiring(settings, clock, db, make=make, others=others)
    people, broker = make_people(wiring), make_broker(settings)
    services = _services(wiring, people, broker)
    kinds = (wiring.hook_calls.hooks, wiring.outward.webhooks, services.server_keys, people.fixed_secrets)
    configuration = OperatorConfiguration(db, [*kinds, services.app_signatures, people.accounts.address_bans])
    await configuration.refresh()
    return Core(
        settings=settings,
        clock=clock,
        keys=wiring.keys,
        db=db,
        live=wiring.live,
        broker=broker,
        broadcasts=wiring.broadcasts,
        moderation=Moderation(db, clock, people.accounts),
        recorder=wiring.recorder,
        jobs=_maintenance_jobs(wiring, services, configuration),
        services=services,
        dispatcher=make_dispatcher(services, Switches(modules.offered, maintenance_notice(settings))),
        vendors=wiring.vendors,
        im_bridge=wiring.im_bridge,
        outside=_outside(wiring),
        hook_calls=wiring.hook_calls,
        outward=wiring.outward,
        modules=modules.seated(
            make_inside(settings.data_dir, services.announcements, wiring.recorder), wiring.hook_calls
        ),
        outages=Outages({DATABASE: db.ping, LIVE: wiring.live.ping}),
    )


def make_dispatcher(services: Services, switches: Switches = ALL_ON) -> Dispatcher:
    """Return what answers calls of declared methods with these use cases."""
    return Dispatcher(
        services.tenants,
        services.sessions,
        services.app_signatures,
        services.languages,
        services.privacy,
        KeyedCalls(services.server_keys, services.tenants, services.sessions, services.acting, services.audit),
        services.by_type(),
        switches,
    )


def maintenance_notice(settings: Settings) -> Mapping[str, str] | None:
    """Return what people are told during maintenance; None when there is none."""
    return {"zh": settings.maintenance_zh, "en": settings.maintenance_en} if settings.maintenance else None


def _services(wiring: Wiring, people: People, broker: Centrifugo | None) -> Services:
    """Build what the declared methods call."""
    settings, clock, db, live, vendor_tasks = wiring.settings, wiring.clock, wiring.db, wiring.live, wiring.vendor_tasks
    accounts, relay, user_messages = people.accounts, wiring.relay, make_user_messages(live, broker)
    moderation, trail = Moderation(db, clock, accounts, relay.deliver_later), Audit(db, clock, settings.audit_keep)
    allowed = Allowed(settings.message_limit, settings.room_message_limit)
    languages = Languages(db, clock)
    messages = Messages(db, live, clock, Ranks(db, live), wiring.screening, allowed, trail)
    moderating = make_moderating(wiring, moderation, trail, user_messages, find=messages.find)
    seat_wiring = make_seat_wiring(wiring, user_messages, trail)
    room_settings = make_room_settings(wiring, moderating.access_changes, user_messages)
    return Services(
        tenants=wiring.tenants,
        sessions=people.sessions,
        accounts=accounts,
        own_users=people.own_users,
        admin_users=AdminUsers(db, live, clock, accounts, people.own_users),
        moderation=moderation,
        app_signatures=AppSignatures(db, clock, wiring.keys),
        guests=people.guests,
        codes=people.codes,
        code_logins=CodeLogins(live, clock, people.codes, accounts),
        profiles=_profiles(wiring, people.codes, languages),
        languages=languages,
        rooms=wiring.rooms,
        seat_maps=seat_wiring.seat_maps,
        seats=seat_wiring.seats,
        seat_requests=seat_wiring.requests,
        seat_plans=seat_wiring.plans,
        admin_rooms=AdminRooms(
            db, live, wiring.broadcasts, wiring.rooms, relay, vendor_tasks, UserNotifier(user_messages, clock)
        ),
        options=room_settings.options,
        schedules=room_settings.schedules,
        metadata=room_settings.metadata,
        roles=moderating.roles,
        room_moderation=moderating.rooms,
        oversight=moderating.oversight,
        reports=moderating.reports,
        likes=LikeCalls(live),
        messages=messages,
        listings=wiring.listings,
        privacy=wiring.rooms.privacy,
        attendance=Attendance(db, live, wiring.rooms.privacy),
        sync=Sync(live, people.sessions, wiring.tenants, accounts, Devices(settings.devices), wiring.rooms.privacy),
        media=Media(live, clock, user_messages, make_providers(settings), RtcKind(settings.rtc)),
        announcements=Announcements(db, live, clock, user_messages),
        server_keys=ServerKeys(db, clock),
        acting=ActingSessions(db, clock, people.sessions),
        audit=trail,
        offer=Offer(settings.query_limit_default, settings.captcha_web_appid, settings.captcha_wxmini_appid),
    )


def _profiles(wiring: Wiring, codes: Codes, languages: Languages) -> Profiles:
    return Profiles(
        db=wiring.db,
        live=wiring.live,
        clock=wiring.clock,
        relay=wiring.relay,
        bindings=ContactBindings(wiring.db, wiring.clock, codes),
        vendor_tasks=wiring.vendor_tasks,
        recorder=wiring.recorder,
        screening=wiring.screening,
        languages=languages,
    )


def _maintenance_jobs(wiring: Wiring, services: Services, configuration: OperatorConfiguration) -> MaintenanceJobs:
    return MaintenanceJobs(
        wiring.db,
        wiring.live,
        wiring.clock,
        wiring.rooms,
        wiring.broadcasts,
        wiring.listings,
        wiring.relay,
        wiring.tenants,
        wiring.vendors.workers(wiring.db, wiring.live, wiring.clock, wiring.tenants),
        configuration,
        server_keys=services.server_keys,
        trail=services.audit,
        outward=wiring.outward.workers,
        replays=wiring.outward.replays,
        screening=wiring.screening,
        deleted_users=DeletedUsers(wiring.db, wiring.live, wiring.clock, wiring.recorder),
        retention=Retention(
            wiring.db,
            wiring.clock,
            messages=wiring.settings.messages_keep,
            reports=wiring.settings.reports_keep,
            stays=wiring.settings.stays_keep,
        ),
        vendor_review=VendorReview(wiring.db, wiring.clock, wiring.tenants, wiring.vendors.of),
        schedules=services.schedules,
        seat_maps=services.seat_maps,
        comparison=Comparison(wiring.live, wiring.rooms, wiring.clock),
    )


def _outside(wiring: Wiring) -> Outside:
    has_group = wiring.vendors.has_group if wiring.vendors.im is not None else None
    return Outside(wiring.db, wiring.live, wiring.clock, wiring.tenants, wiring.broadcasts, wiring.relay, has_group)
