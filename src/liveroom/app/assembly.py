"""Builds the use cases, bottom up: ``ground``, ``people``, then what the doors call."""

from dataclasses import dataclass

from liveroom.api.dispatch import Dispatcher
from liveroom.api.services import Offer, Services
from liveroom.app.arranging import make_arranging
from liveroom.app.backends import make_live
from liveroom.app.ground import Ground, LiveMaker, make_ground
from liveroom.app.media import make_broker, make_providers, make_whispers
from liveroom.app.moderating import make_moderating
from liveroom.app.modules import Modules, Seated, find_modules, make_inside
from liveroom.app.outages import DATABASE, LIVE, Outages
from liveroom.app.people import People, make_people
from liveroom.app.seating import make_seating
from liveroom.app.turns import Turns
from liveroom.app.vendors import Vendors
from liveroom.app.webhooks import Outward
from liveroom.domain.events import Devices
from liveroom.domain.messages import Allowed
from liveroom.domain.tenants import RtcKind
from liveroom.keys import KeyRing
from liveroom.ports import Clock, Live, TargetsOf
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.acting import ActingSessions
from liveroom.usecases.admin_rooms import AdminRooms
from liveroom.usecases.admin_users import AdminUsers
from liveroom.usecases.announcing import Announcements
from liveroom.usecases.app_signatures import AppSignatures
from liveroom.usecases.arrangements import Arrangements
from liveroom.usecases.asking import Asking
from liveroom.usecases.attendance import Attendance
from liveroom.usecases.audit import Audit
from liveroom.usecases.broadcasts import Broadcasts
from liveroom.usecases.calling import Calling
from liveroom.usecases.chronicle import Chronicle, nobody
from liveroom.usecases.code_logins import CodeLogins
from liveroom.usecases.comparing import Comparison
from liveroom.usecases.contacts import ContactBindings
from liveroom.usecases.deleted_users import DeletedUsers
from liveroom.usecases.languages import Languages
from liveroom.usecases.likes import Likes
from liveroom.usecases.media import Media
from liveroom.usecases.messages import Messages
from liveroom.usecases.mirror import Mirror
from liveroom.usecases.moderation import Moderation
from liveroom.usecases.outside import Outside
from liveroom.usecases.profiles import Profiles
from liveroom.usecases.ranks import Ranks
from liveroom.usecases.retention import Retention
from liveroom.usecases.server_keys import ServerKeys
from liveroom.usecases.sync import Sync
from liveroom.usecases.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Core:
    """The program without its doors."""

    settings: Settings
    clock: Clock
    keys: KeyRing
    db: SqlDatabase
    live: Live
    broker: Centrifugo | None
    """What holds the sockets, where the service does not do it itself."""
    broadcasts: Broadcasts
    moderation: Moderation
    chronicle: Chronicle
    upkeep: Upkeep
    services: Services
    dispatcher: Dispatcher
    vendors: Vendors
    mirror: Mirror | None
    outside: Outside
    asking: Asking
    outward: Outward
    modules: Seated
    outages: Outages
    turns: Turns | None = None
    """Where nothing beats: what calls do beside answering."""

    async def leave_vendors(self) -> None:
        """Break off what is under way at vendors, and hang up."""
        if self.mirror is not None:
            await self.mirror.close()
        await self.upkeep.vendors.close()
        await self.vendors.hang_up()
        await self.asking.asker.close()
        await self.outward.close()


async def assemble(
    settings: Settings,
    clock: Clock,
    db: SqlDatabase,
    *,
    make: LiveMaker = make_live,
    others: TargetsOf = nobody,
    modules: Modules | None = None,
) -> Core:
    """Build everything on an open database; the live store is not started yet.

    ``others``: who wants to be told beside those whom the operator has named. ``modules``: those that are there; None
    looks which are installed.
    """
    modules = modules or find_modules(settings)
    ground = await make_ground(settings, clock, db, make=make, others=others)
    people, broker = make_people(ground), make_broker(settings)
    services = _services(ground, people, broker)
    kinds = (ground.asking.hooks, ground.outward.webhooks, services.server_keys, people.fixed_secrets)
    arrangements = Arrangements(db, [*kinds, services.app_signatures, people.accounts.address_bans])
    await arrangements.refresh()
    return Core(
        settings=settings,
        clock=clock,
        keys=ground.keys,
        db=db,
        live=ground.live,
        broker=broker,
        broadcasts=ground.broadcasts,
        moderation=Moderation(db, clock, people.accounts),
        chronicle=ground.chronicle,
        upkeep=_upkeep(ground, services, arrangements),
        services=services,
        dispatcher=Dispatcher(services, modules=modules.offered),
        vendors=ground.vendors,
        mirror=ground.mirror,
        outside=_outside(ground),
        asking=ground.asking,
        outward=ground.outward,
        modules=modules.seated(make_inside(settings.data_dir, services.announcements, ground.chronicle), ground.asking),
        outages=Outages({DATABASE: db.ping, LIVE: ground.live.ping}),
    )


def _services(ground: Ground, people: People, broker: Centrifugo | None) -> Services:
    """Build what the declared methods call."""
    settings, clock, db, live, desk = ground.settings, ground.clock, ground.db, ground.live, ground.desk
    accounts, relay, whispers = people.accounts, ground.relay, make_whispers(live, broker)
    moderation, trail = Moderation(db, clock, accounts, relay.deliver_later), Audit(db, clock, settings.audit_keep)
    allowed = Allowed(settings.message_limit, settings.room_message_limit)
    languages = Languages(db, clock)
    messages = Messages(db, live, clock, Ranks(db, live), ground.screening, allowed, trail)
    moderating = make_moderating(ground, moderation, trail, whispers, find=messages.find)
    seating = make_seating(ground, whispers, trail)
    arranging = make_arranging(ground, moderating.standings, whispers)
    return Services(
        tenants=ground.tenants,
        sessions=people.sessions,
        accounts=accounts,
        own_users=people.own_users,
        admin_users=AdminUsers(db, live, clock, accounts, people.own_users),
        moderation=moderation,
        app_signatures=AppSignatures(db, clock, ground.keys),
        guests=people.guests,
        codes=people.codes,
        code_logins=CodeLogins(live, clock, people.codes, accounts),
        profiles=Profiles(
            *(db, live, clock, relay, ContactBindings(db, clock, people.codes), desk),
            *(ground.chronicle, ground.screening, languages),
        ),
        languages=languages,
        rooms=ground.rooms,
        stages=seating.stages,
        seats=seating.seats,
        seat_requests=seating.requests,
        seat_plans=seating.plans,
        admin_rooms=AdminRooms(db, live, ground.broadcasts, ground.rooms, relay, desk, Calling(whispers, clock)),
        options=arranging.options,
        schedules=arranging.schedules,
        metadata=arranging.metadata,
        roles=moderating.roles,
        room_moderation=moderating.rooms,
        oversight=moderating.oversight,
        reports=moderating.reports,
        likes=Likes(live),
        messages=messages,
        listings=ground.listings,
        privacy=ground.rooms.privacy,
        attendance=Attendance(db, live, ground.rooms.privacy),
        sync=Sync(live, people.sessions, ground.tenants, accounts, Devices(settings.devices), ground.rooms.privacy),
        media=Media(live, clock, whispers, make_providers(settings), RtcKind(settings.rtc)),
        announcements=Announcements(db, live, clock, whispers),
        server_keys=ServerKeys(db, clock),
        acting=ActingSessions(db, clock, people.sessions),
        audit=trail,
        offer=Offer(settings.query_limit_default, settings.captcha_web_appid, settings.captcha_wxmini_appid),
        maintenance={"zh": settings.maintenance_zh, "en": settings.maintenance_en} if settings.maintenance else None,
    )


def _upkeep(ground: Ground, services: Services, arrangements: Arrangements) -> Upkeep:
    return Upkeep(
        ground.db,
        ground.live,
        ground.clock,
        ground.rooms,
        ground.broadcasts,
        ground.listings,
        ground.relay,
        ground.tenants,
        ground.vendors.workers(ground.db, ground.live, ground.clock, ground.tenants),
        arrangements,
        server_keys=services.server_keys,
        trail=services.audit,
        outward=ground.outward.workers,
        replays=ground.outward.replays,
        screening=ground.screening,
        deleted_users=DeletedUsers(ground.db, ground.live, ground.clock, ground.chronicle),
        retention=Retention(
            *(ground.db, ground.clock),
            messages=ground.settings.messages_keep,
            reports=ground.settings.reports_keep,
            stays=ground.settings.stays_keep,
        ),
        schedules=services.schedules,
        stages=services.stages,
        comparison=Comparison(ground.live, ground.rooms, ground.clock),
    )


def _outside(ground: Ground) -> Outside:
    has_group = ground.vendors.has_group if ground.vendors.im is not None else None
    return Outside(ground.db, ground.live, ground.clock, ground.tenants, ground.broadcasts, ground.relay, has_group)
