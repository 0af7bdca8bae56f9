"""What a room's people may do to each other: roles, moderation, reports."""

from dataclasses import dataclass
from functools import partial

from liveroom.api.moderation.reports import write_report_news
from liveroom.api.moderation.statements import write_appeal_news
from liveroom.api.moderation.watching import write_watcher_news
from liveroom.app.backends import heat_rule_of
from liveroom.app.groups import ServiceGroup
from liveroom.app.people import People
from liveroom.app.rooms import RoomWiring
from liveroom.app.wiring import Wiring
from liveroom.domain.tenants.model import RtcKind
from liveroom.usecases.events.announcing import Announcements, UserNotifier
from liveroom.usecases.media.watchers import Watchers
from liveroom.usecases.media.watching import MediaWatching
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.messages.sending import Messages
from liveroom.usecases.moderation.bans import BanLists
from liveroom.usecases.moderation.evidence import EvidenceGatherer
from liveroom.usecases.moderation.labels import VendorLabels
from liveroom.usecases.moderation.measures import Measures
from liveroom.usecases.moderation.notices import SentNotices
from liveroom.usecases.moderation.notifying import ModerationNotifier
from liveroom.usecases.moderation.queue import ReportQueue
from liveroom.usecases.moderation.queue_news import make_appeal_news, make_report_news
from liveroom.usecases.moderation.reasons import Reasons
from liveroom.usecases.moderation.reports import Oversight, ReportFiling, Reports
from liveroom.usecases.moderation.room_access import AccessChanges
from liveroom.usecases.moderation.statements import Appeals
from liveroom.usecases.moderation.users import HandOver, Moderation, RoomModeration, TenantBans
from liveroom.usecases.moderation.wall import Wall
from liveroom.usecases.operators.announcing import ConsoleNews
from liveroom.usecases.rooms.ranks import Ranks
from liveroom.usecases.rooms.roles import HostEntries, OwnerTransfers, RoleHooks, Roles
from liveroom.usecases.signed_texts import SignedTexts


@dataclass(frozen=True, slots=True)
class ModerationServices(ServiceGroup):
    """What operators moderate with."""

    tenant_bans: TenantBans
    oversight: Oversight
    report_filing: ReportFiling
    report_queue: ReportQueue
    reasons: Reasons
    appeals: Appeals
    screening: Screening
    ban_lists: BanLists
    labels: VendorLabels
    notices: SentNotices
    wall: Wall
    watching: MediaWatching
    watchers: Watchers


@dataclass(frozen=True, slots=True)
class Moderating:
    """The use cases."""

    everywhere: Moderation
    access_changes: AccessChanges
    roles: Roles
    transfers: OwnerTransfers
    rooms: RoomModeration
    reports: Reports
    services: ModerationServices
    tell: ModerationNotifier


def make_moderation(wiring: Wiring, people: People, hand_over: HandOver) -> Moderation:
    """Return the operator's hand; ``hand_over`` is given what is committed."""
    return Moderation(
        wiring.db, wiring.clock, people.address_bans, wiring.vendor_tasks, wiring.recorder, people.deletion, hand_over
    )


def make_moderating(
    wiring: Wiring,
    rooms: RoomWiring,
    people: People,
    announcements: Announcements,
    messages: Messages,
) -> Moderating:
    """Build them."""
    db, live, clock, relay, trail = wiring.db, wiring.live, wiring.clock, wiring.relay, wiring.trail
    ranks = Ranks(db, live)
    changes = AccessChanges(db, live, clock, trail, wiring.recorder, wiring.vendor_tasks, relay)
    oversight = Oversight(db, clock, ranks, trail)
    notifier = UserNotifier(announcements.user_messages, clock)
    role_hooks, host_entries = RoleHooks(db, wiring.hook_calls), HostEntries(live, clock)
    to_operators = ConsoleNews(live)
    news = make_report_news(db, to_operators, write_report_news)
    watchers = Watchers(live, clock, wiring.keys, announcements.user_messages, to_operators, write_watcher_news)
    everywhere = make_moderation(wiring, people, relay.deliver_later)
    tell = ModerationNotifier(db, clock, wiring.tenants, notifier, SignedTexts(wiring.stamps, "appeal\n"))
    measures = Measures(clock, everywhere, changes, wiring.broadcasts, wiring.recorder)
    reasons, gatherer = Reasons(db), EvidenceGatherer(db, live, messages.find)
    return Moderating(
        everywhere=everywhere,
        access_changes=changes,
        roles=Roles(db, ranks, changes, role_hooks, host_entries),
        transfers=OwnerTransfers(db, ranks, changes, wiring.broadcasts, relay, role_hooks, host_entries),
        rooms=RoomModeration(live, clock, ranks, changes, rooms.departures, notifier),
        reports=Reports(db, clock, trail, oversight, news, tell),
        services=ModerationServices(
            tenant_bans=TenantBans(clock, trail, everywhere),
            oversight=oversight,
            report_filing=ReportFiling(db, live, clock, wiring.recorder, rooms.privacy, news, gatherer),
            report_queue=ReportQueue(db, clock, reasons, measures, relay, tell, news),
            reasons=reasons,
            appeals=Appeals(
                db, clock, measures, relay, tell, make_appeal_news(db, to_operators, partial(write_appeal_news, tell))
            ),
            screening=wiring.screening,
            ban_lists=BanLists(db, clock, people.address_bans),
            labels=VendorLabels(db),
            notices=SentNotices(db, clock, messages, announcements),
            wall=Wall(db, live, clock, wiring.listings, heat_rule_of(wiring.settings)),
            watching=MediaWatching(live, clock, wiring.rtc, RtcKind(wiring.settings.rtc), watchers),
            watchers=watchers,
        ),
        tell=tell,
    )
