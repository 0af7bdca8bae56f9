"""The SQL database as a whole: the statements of all aggregates, alone and in transactions."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.hooks.model import Hook
from liveroom.domain.operators.account import OperatorAccount
from liveroom.domain.operators.roles import OperatorRole
from liveroom.domain.tenants.app_signatures import AppKey
from liveroom.domain.webhooks.model import Webhook
from liveroom.ports.accounts import OwnUserRows, Sealed
from liveroom.ports.activities import ActivityRows, BallotRows, QuestionRows
from liveroom.ports.agencies import AgencyRows
from liveroom.ports.battles import BattleQueueRows, BattleRows, BattleScoreRows
from liveroom.ports.charges import ChargeRows
from liveroom.ports.configuration import AppRules, ConfigurationVersion, ConfiguredRows, ServerKeyRows
from liveroom.ports.connections import ConnectionRows
from liveroom.ports.drift import DriftRows
from liveroom.ports.envelopes import EnvelopeRows
from liveroom.ports.erasures import Erasures, PersonalData
from liveroom.ports.exports import ExportRows, PersonalExport
from liveroom.ports.follows import BlockRows, FollowRows
from liveroom.ports.gift_ranks import GiftRankRows
from liveroom.ports.gifts import GiftCatalogueRows
from liveroom.ports.importing import Bindings, ImportRows
from liveroom.ports.ledger import AccountRows, ApprovalRows, DueRows, JournalRows, LotRows, MinorRefundRows, PayoutRows
from liveroom.ports.ledger_audit import CheckpointRows, DifferenceRows, GiftAuditRows, LedgerAuditRows, SealRows
from liveroom.ports.messages import MessageRows
from liveroom.ports.moderating import EvidenceRows, LabelRows, NoticeRows, ReasonRows, StatementRows, WordRows
from liveroom.ports.moderation import AddressBanRows, AuditRows, ReportRows, RoomAccessRows
from liveroom.ports.operators import OperatorSessionRows
from liveroom.ports.overview import OverviewRows
from liveroom.ports.payments import PaymentReads
from liveroom.ports.people import NoteRows, TimelineRows, UserTermRows
from liveroom.ports.push_streams import PushStreamRows
from liveroom.ports.receipts import ReceiptRows
from liveroom.ports.recorded_events import Events
from liveroom.ports.recordings import RecordingRows
from liveroom.ports.reminders import ReminderRows, RoomAlertRows
from liveroom.ports.rooms import BroadcastRows, MetadataRows, RoomTermRows, ScheduleRows
from liveroom.ports.sent_gifts import SentGiftRows
from liveroom.ports.settlements import SettlementRows
from liveroom.ports.sql import (
    CodeRows,
    Contacts,
    Ids,
    Leases,
    Outbox,
    RoomRows,
    Sessions,
    Stays,
    Tenants,
    UserRows,
    VendorWork,
)
from liveroom.ports.statistics import Statistics, StatisticsQueue, StatisticsSources
from liveroom.ports.uploads import UploadRows
from liveroom.ports.vendors import RemovedParticipants
from liveroom.ports.webhooks import DeadLetters, Deliveries, EventPartitions

T = TypeVar("T")


class Tx(Protocol):
    """The statements, by aggregate; inside ``transact`` all in one transaction."""

    tenants: Tenants
    ids: Ids
    users: UserRows
    sessions: Sessions
    codes: CodeRows
    contacts: Contacts
    rooms: RoomRows
    stays: Stays
    room_access: RoomAccessRows
    messages: MessageRows
    schedules: ScheduleRows
    metadata: MetadataRows
    room_terms: RoomTermRows
    broadcasts: BroadcastRows
    user_terms: UserTermRows
    notes: NoteRows
    timeline: TimelineRows
    reports: ReportRows
    evidence: EvidenceRows
    statements: StatementRows
    reasons: ReasonRows
    words: WordRows
    notices: NoticeRows
    labels: LabelRows
    erasures: Erasures
    personal_data: PersonalData
    statistics_queue: StatisticsQueue
    statistics_sources: StatisticsSources
    statistics: Statistics
    outbox: Outbox
    leases: Leases
    vendor_work: VendorWork
    removed_participants: RemovedParticipants
    sealed: Sealed
    bindings: Bindings
    imports: ImportRows
    address_bans: AddressBanRows
    configuration_version: ConfigurationVersion
    own_users: OwnUserRows
    fixed_secrets: ConfiguredRows[FixedSecret]
    app_keys: ConfiguredRows[AppKey]
    app_rules: AppRules
    server_keys: ServerKeyRows
    audit: AuditRows
    hooks: ConfiguredRows[Hook]
    events: Events
    event_partitions: EventPartitions
    dead_letters: DeadLetters
    deliveries: Deliveries
    webhooks: ConfiguredRows[Webhook]
    operators: ConfiguredRows[OperatorAccount]
    operator_roles: ConfiguredRows[OperatorRole]
    operator_sessions: OperatorSessionRows
    overview: OverviewRows
    exports: ExportRows
    uploads: UploadRows
    connections: ConnectionRows
    battles: BattleRows
    battle_scores: BattleScoreRows
    battle_queue: BattleQueueRows
    push_streams: PushStreamRows
    activities: ActivityRows
    ballots: BallotRows
    questions: QuestionRows
    personal_export: PersonalExport
    follows: FollowRows
    ledger_accounts: AccountRows
    journals: JournalRows
    dues: DueRows
    lots: LotRows
    approvals: ApprovalRows
    payouts: PayoutRows
    minor_refunds: MinorRefundRows
    sent_gifts: SentGiftRows
    payment_reads: PaymentReads
    charges: ChargeRows
    receipts: ReceiptRows
    gift_ranks: GiftRankRows
    envelopes: EnvelopeRows
    recordings: RecordingRows
    ledger_audit: LedgerAuditRows
    gift_audit: GiftAuditRows
    checkpoints: CheckpointRows
    differences: DifferenceRows
    drift: DriftRows
    seals: SealRows
    agencies: AgencyRows
    settlements: SettlementRows
    blocks: BlockRows
    gift_catalogues: GiftCatalogueRows
    room_alerts: RoomAlertRows
    reminders: ReminderRows


class Database(Tx, Protocol):
    """The SQL database. Its own statements each commit by themselves. Raises ``DatabaseUnavailable`` only."""

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run the work in one transaction; run it again from its start where the database asks for that.

        The work writes first what it decides on (``lock``), awaits nothing but the transaction, and tells nobody.
        """

    async def transact_in_group(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Do the same, in a transaction that it may share with others that begin at the same moment (group commit).

        The work adds rows, and changes none but its own: those with which it shares see what it wrote, and are not kept
        out by its locks. Where it raises after it has written, each of them is run again alone.
        """

    async def snapshot(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run reads that all see the database as it was at one moment."""

    async def ping(self) -> None: ...
