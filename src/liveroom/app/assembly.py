"""Builds the use cases, bottom up: read from top to bottom it is the architecture."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from liveroom.api.declare import METHODS
from liveroom.api.dispatch import Dispatcher
from liveroom.api.services import Offer, Services
from liveroom.api.shapes import finish_card, room_card
from liveroom.app.backends import make_live
from liveroom.app.media import make_broker, make_providers, make_whispers
from liveroom.domain.events import Devices
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.rooms import HostPolicy
from liveroom.domain.tenants import Language, RtcKind, Tenant
from liveroom.keys import KeyRing, Tokens, open_keys
from liveroom.ports import Cards, Clock, Ledger, Live
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.providers.tencent.usersig import user_sig
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.accounts import Accounts, Gate
from liveroom.usecases.attendance import Attendance
from liveroom.usecases.authentication import Authentication
from liveroom.usecases.broadcasts import Broadcasts
from liveroom.usecases.guests import Guests
from liveroom.usecases.ledger import SqlLedger
from liveroom.usecases.listings import Listings
from liveroom.usecases.media import Media
from liveroom.usecases.moderation import Moderation
from liveroom.usecases.policies import Policies
from liveroom.usecases.profiles import Profiles
from liveroom.usecases.relay import Relay
from liveroom.usecases.rooms import Rooms
from liveroom.usecases.sync import Sync
from liveroom.usecases.tenancy import Tenancy
from liveroom.usecases.upkeep import Upkeep

LiveMaker = Callable[[Settings, Ledger, Clock], Live]


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
    upkeep: Upkeep
    services: Services
    dispatcher: Dispatcher


async def assemble(settings: Settings, clock: Clock, db: SqlDatabase, *, make: LiveMaker = make_live) -> Core:
    """Build everything on an open database; the live store is not started yet."""
    keys = open_keys(settings)
    tokens = Tokens(keys, lifetime=settings.token_ttl)
    tenants = Tenancy(db, keys, _default_tenant(settings))
    await tenants.refresh()
    cards = Cards(start=room_card, finish=finish_card)
    policies = Policies(
        {category: HostPolicy(policy) for category, policy in settings.host_policies}, settings.anchor_anyone
    )
    live = make(settings, SqlLedger(db, clock, policies, cards, tenants), clock)
    broadcasts = Broadcasts(db, clock, settings.room_capacity_max)
    listings = Listings(db, live, clock, cards)
    relay = Relay(db, live, clock, listings, policies, tenants)
    rooms = Rooms(db, live, clock, broadcasts, listings, relay, policies)
    gate = Gate(settings.registration == "open", settings.signature_ts == "required")
    accounts = Accounts(db, live, clock, tokens, keys, _user_sigs(settings), broadcasts, relay, gate)
    guests = Guests(
        db, live, clock, accounts, is_open=settings.guests and gate.registration, limit=settings.guest_limit
    )
    broker = make_broker(settings)
    whispers = make_whispers(live, broker)
    sessions = Authentication(tokens, live, db, clock)
    services = Services(
        tenants=tenants,
        sessions=sessions,
        accounts=accounts,
        guests=guests,
        profiles=Profiles(db, live, clock, relay),
        rooms=rooms,
        listings=listings,
        attendance=Attendance(db, live),
        sync=Sync(live, sessions, tenants, accounts, Devices(settings.devices)),
        media=Media(live, clock, whispers, make_providers(settings), RtcKind(settings.rtc)),
        offer=Offer(settings.query_limit_default, settings.captcha_web_appid, settings.captcha_wxmini_appid),
        maintenance={"zh": settings.maintenance_zh, "en": settings.maintenance_en} if settings.maintenance else None,
    )
    return Core(
        settings=settings,
        clock=clock,
        keys=keys,
        db=db,
        live=live,
        broker=broker,
        broadcasts=broadcasts,
        moderation=Moderation(db, clock, accounts),
        upkeep=Upkeep(db, live, clock, rooms, broadcasts, listings, relay, tenants),
        services=services,
        dispatcher=Dispatcher(services, modules=_modules(settings)),
    )


def _default_tenant(settings: Settings) -> Tenant:
    secret = settings.trtc_secret.reveal() if settings.trtc_secret is not None else ""
    return Tenant(DEFAULT_TENANT, settings.trtc_sdk_app_id, secret, Language(settings.language), plain=True)


def _user_sigs(settings: Settings) -> Callable[[Tenant, UserId, datetime], str]:
    def sign(tenant: Tenant, user: UserId, now: datetime) -> str:
        if not (tenant.sdk_app_id and tenant.sdk_secret):
            return ""
        return user_sig(tenant.sdk_app_id, tenant.sdk_secret, user, now=now, ttl=settings.usersig_ttl)

    return sign


def _modules(settings: Settings) -> frozenset[str]:
    return frozenset(name for name in {method.module for method in METHODS.methods.values()} if settings.offers(name))
