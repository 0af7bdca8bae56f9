"""Wires what everything else needs: the stores, the event recorder, and the life of rooms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from liveroom.api.shapes import finish_card, room_card
from liveroom.app.instruments import UNRECORDED, Instruments
from liveroom.app.media import make_providers
from liveroom.app.recorders import make_recorder
from liveroom.app.vendors import Vendors, make_im_bridge, make_vendors
from liveroom.app.webhooks import Outward, make_outward
from liveroom.domain.events.outbox import GiftsSent
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.messages.words import WordsUnreadable
from liveroom.domain.rooms.model import HostPolicy, Policies
from liveroom.domain.tenants.model import Language, RecordingRule, RtcKind, Tenant
from liveroom.keys import KeyedStamps, KeyRing, open_keys
from liveroom.ports import Cards, Clock, Live, Recorder, RecoveryStore, Rtc, TargetsOf, WordFilter
from liveroom.providers.word_file import WordFile, WordSearch
from liveroom.settings import Settings, SettingsError
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.events.recorder import EventRecorder, merged_targets
from liveroom.usecases.events.relay import Appliers, OutboxRelay
from liveroom.usecases.gifts.closing import CountedGifts
from liveroom.usecases.gifts.publishing import GiftPublisher
from liveroom.usecases.hooks.calls import HookCalls, Hooks
from liveroom.usecases.importing.rooms import Arrivals
from liveroom.usecases.ledger.auditing import Findings
from liveroom.usecases.media.participants import PublishPermissions
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.messages.word_lists import WordLists
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.presence.recovery import Journaling, SqlRecoveryStore
from liveroom.usecases.recordings.announcing import RecordingStart
from liveroom.usecases.recordings.writing import RecordingWriter
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.searching import RoomIndex
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.im_bridge import ImBridge
from liveroom.usecases.vendors.task_queue import VendorTaskQueue

LiveMaker = Callable[[Settings, RecoveryStore, Clock], Live]


@dataclass(frozen=True, slots=True)
class Wiring:
    """The stores, and what is done with rooms."""

    settings: Settings
    clock: Clock
    keys: KeyRing
    stamps: KeyedStamps
    db: SqlDatabase
    live: Live
    policies: Policies
    cards: Cards
    tenants: Tenancy
    outward: Outward
    recorder: EventRecorder
    vendors: Vendors
    im_bridge: ImBridge | None
    vendor_tasks: VendorTaskQueue
    publish_permissions: PublishPermissions
    broadcasts: Broadcasts
    listings: Listings
    relay: OutboxRelay
    gift_publisher: GiftPublisher
    battle_scoring: BattleScoring
    hook_calls: HookCalls
    screening: Screening
    trail: Audit
    rtc: Mapping[RtcKind, Rtc]
    """Every media provider."""


async def make_wiring(
    settings: Settings,
    clock: Clock,
    db: SqlDatabase,
    *,
    make: LiveMaker,
    others: TargetsOf,
    instruments: Instruments = UNRECORDED,
) -> Wiring:
    """Build it on an open database; the live store is not started yet."""
    keys = open_keys(settings)
    tenants = Tenancy(db, keys, default_tenant(settings))
    await tenants.refresh()
    cards = Cards(start=room_card, finish=finish_card)
    policies, has_streams = _policies(settings), settings.takes_streams
    outward = make_outward(settings, db, clock, keys, instruments.posts(clock))
    recorder = EventRecorder(merged_targets(outward.webhooks.targets_of, outward.log.targets_of, others), clock)
    vendors = make_vendors(settings, clock)
    im_bridge = make_im_bridge(settings, vendors, db, clock, tenants)
    recovery = SqlRecoveryStore(db, clock, policies, cards, tenants, Journaling(db, recorder, has_streams))
    live = make(settings, recovery if im_bridge is None else replace(recovery, saved=im_bridge.enqueue), clock)
    vendor_tasks = VendorTaskQueue(tenants, vendors.of, takes_streams=has_streams)
    made = make_recorder(settings, clock, db.push_streams, KeyedStamps(keys))
    recording, most = _recording(settings, clock, tenants, recorder, made), settings.room_capacity_max
    broadcasts = Broadcasts(db, clock, vendor_tasks, recorder, recording, most, settings.timer_room)
    listings = Listings(db, live, clock, cards)
    arrivals = Arrivals(db, live, clock, policies.anyone_hosts)
    gift_publisher = GiftPublisher(db, live, clock)
    counted = CountedGifts(db, live, Findings(db, clock, recorder)) if settings.offers("gifts") else None
    appliers = Appliers(RoomIndex(db), {GiftsSent: gift_publisher}, counted.compare if counted else None)
    relay = OutboxRelay(db, live, clock, listings, policies, tenants, arrivals, appliers)
    hook_calls = HookCalls(Hooks(db, keys, clock), instruments.hook_client(), clock)
    screening = Screening(db, live, hook_calls, WordLists(db, clock, WordSearch), _blocked_words(settings))
    publish_permissions = PublishPermissions(db, clock, vendor_tasks)
    return Wiring(
        settings=settings,
        clock=clock,
        keys=keys,
        stamps=KeyedStamps(keys),
        db=db,
        live=live,
        policies=policies,
        cards=cards,
        tenants=tenants,
        outward=outward,
        recorder=recorder,
        vendors=vendors,
        im_bridge=im_bridge,
        vendor_tasks=vendor_tasks,
        publish_permissions=publish_permissions,
        broadcasts=broadcasts,
        listings=listings,
        relay=relay,
        gift_publisher=gift_publisher,
        battle_scoring=BattleScoring(db, live),
        hook_calls=hook_calls,
        screening=screening,
        trail=Audit(db, clock, settings.audit_keep),
        rtc=make_providers(settings),
    )


def _recording(
    settings: Settings, clock: Clock, tenants: Tenancy, events: EventRecorder, recorder: Recorder | None
) -> RecordingStart:
    return RecordingStart(
        clock,
        tenants,
        RecordingWriter(clock, events, settings.recordings_keep),
        recorder,
        settings.recordings_notice,
        rule=RecordingRule(settings.recordings_start),
    )


def default_tenant(settings: Settings) -> Tenant:
    """Return the tenant of calls that name none, as the settings make it."""
    secret = settings.trtc_secret.reveal() if settings.trtc_secret is not None else ""
    return Tenant(DEFAULT_TENANT, settings.trtc_sdk_app_id, secret, Language(settings.language), plain=True)


def _blocked_words(settings: Settings) -> WordFilter | None:
    if settings.blocked_words is None:
        return None
    try:
        return WordFile(settings.blocked_words)
    except WordsUnreadable as problem:
        raise SettingsError(
            [f"LIVEROOM_BLOCKED_WORDS: {settings.blocked_words} cannot be used ({problem}); put it right, or unset it."]
        ) from problem


def _policies(settings: Settings) -> Policies:
    by_category = {category: HostPolicy(policy) for category, policy in settings.host_policies}
    return Policies(by_category, settings.anchor_anyone)
