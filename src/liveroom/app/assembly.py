"""Builds the use cases, bottom up: read from top to bottom it is the architecture."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from liveroom.api.declare import METHODS
from liveroom.api.dispatch import Dispatcher
from liveroom.api.services import Offer, Services
from liveroom.api.shapes import finish_card, room_card
from liveroom.app.backends import make_live
from liveroom.app.code_login import make_delivery
from liveroom.app.media import make_broker, make_providers, make_whispers
from liveroom.app.turns import Turns
from liveroom.app.vendors import Vendors, make_vendors
from liveroom.domain.events import Devices
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.rooms import HostPolicy
from liveroom.domain.tenants import Language, RtcKind, Tenant
from liveroom.keys import KeyedStamps, KeyRing, Tokens, open_keys
from liveroom.ports import Cards, Clock, Ledger, Live
from liveroom.providers.centrifugo.api import Centrifugo
from liveroom.providers.tencent.usersig import user_sig
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.accounts import Accounts, Gate
from liveroom.usecases.attendance import Attendance
from liveroom.usecases.authentication import Authentication
from liveroom.usecases.broadcasts import Broadcasts
from liveroom.usecases.code_logins import CodeLogins
from liveroom.usecases.codes import Codes
from liveroom.usecases.contact_bindings import ContactBindings
from liveroom.usecases.guests import Guests
from liveroom.usecases.ledger import SqlLedger
from liveroom.usecases.listings import Listings
from liveroom.usecases.media import Media
from liveroom.usecases.moderation import Moderation
from liveroom.usecases.outside import Outside
from liveroom.usecases.policies import Policies
from liveroom.usecases.profiles import Profiles
from liveroom.usecases.relay import Relay
from liveroom.usecases.rooms import Rooms
from liveroom.usecases.sync import Sync
from liveroom.usecases.tenancy import Tenancy
from liveroom.usecases.upkeep import Upkeep
from liveroom.usecases.vendors import VendorDesk

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
    vendors: Vendors
    outside: Outside
    turns: Turns | None = None
    """Where nothing beats: what calls do beside answering."""

    async def leave_vendors(self) -> None:
        """Break off what is under way at vendors, and hang up."""
        await self.upkeep.vendors.close()
        await self.vendors.hang_up()


async def assemble(settings: Settings, clock: Clock, db: SqlDatabase, *, make: LiveMaker = make_live) -> Core:
    """Build everything on an open database; the live store is not started yet."""
    keys = open_keys(settings)
    tokens = Tokens(keys, lifetime=settings.token_ttl)
    tenants = Tenancy(db, keys, default_tenant(settings))
    await tenants.refresh()
    cards = Cards(start=room_card, finish=finish_card)
    policies = _policies(settings)
    live = make(settings, SqlLedger(db, clock, policies, cards, tenants), clock)
    vendors = make_vendors(settings, clock)
    desk = VendorDesk(tenants, vendors.of)
    broadcasts = Broadcasts(db, clock, desk, settings.room_capacity_max)
    listings = Listings(db, live, clock, cards)
    relay = Relay(db, live, clock, listings, policies, tenants)
    rooms = Rooms(db, live, clock, broadcasts, listings, relay, policies)
    gate = Gate(settings.registration == "open", settings.signature_ts == "required")
    accounts = Accounts(db, live, clock, tokens, keys, _user_sigs(settings), broadcasts, relay, gate, desk)
    welcome = settings.guests and gate.registration
    guests = Guests(db, live, clock, accounts, is_open=welcome, limit=settings.guest_limit)
    codes = Codes(db, live, clock, KeyedStamps(keys), make_delivery(settings, clock), settings.code_address_limit)
    broker = make_broker(settings)
    sessions = Authentication(tokens, live, db, clock)
    services = Services(
        tenants=tenants,
        sessions=sessions,
        accounts=accounts,
        guests=guests,
        codes=codes,
        code_logins=CodeLogins(live, clock, codes, accounts),
        profiles=Profiles(db, live, clock, relay, ContactBindings(db, clock, codes), desk),
        rooms=rooms,
        listings=listings,
        attendance=Attendance(db, live),
        sync=Sync(live, sessions, tenants, accounts, Devices(settings.devices)),
        media=Media(live, clock, make_whispers(live, broker), make_providers(settings), RtcKind(settings.rtc)),
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
        upkeep=Upkeep(
            db, live, clock, rooms, broadcasts, listings, relay, tenants, vendors.workers(db, clock, tenants)
        ),
        services=services,
        dispatcher=Dispatcher(services, modules=_modules(settings)),
        vendors=vendors,
        outside=Outside(
            db, live, clock, tenants, broadcasts, relay, vendors.has_group if vendors.im is not None else None
        ),
    )


def default_tenant(settings: Settings) -> Tenant:
    """Return the tenant of calls that name none, as the settings make it."""
    secret = settings.trtc_secret.reveal() if settings.trtc_secret is not None else ""
    return Tenant(DEFAULT_TENANT, settings.trtc_sdk_app_id, secret, Language(settings.language), plain=True)


def _policies(settings: Settings) -> Policies:
    by_category = {category: HostPolicy(policy) for category, policy in settings.host_policies}
    return Policies(by_category, settings.anchor_anyone)


def _user_sigs(settings: Settings) -> Callable[[Tenant, UserId, datetime], str]:
    def sign(tenant: Tenant, user: UserId, now: datetime) -> str:
        if not (tenant.sdk_app_id and tenant.sdk_secret):
            return ""
        return user_sig(tenant.sdk_app_id, tenant.sdk_secret, user, now=now, ttl=settings.usersig_ttl)

    return sign


def _modules(settings: Settings) -> frozenset[str]:
    return frozenset(name for name in {method.module for method in METHODS.methods.values()} if settings.offers(name))
