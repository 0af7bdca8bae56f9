"""The way in: the only place of the store that knows both databases."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

from sqlalchemy import literal, select

from liveroom import ports
from liveroom.domain.accounts.own_users import FixedSecret
from liveroom.domain.hooks.model import Hook
from liveroom.domain.operators.account import OperatorAccount
from liveroom.domain.operators.roles import OperatorRole
from liveroom.domain.tenants.app_signatures import AppKey
from liveroom.domain.webhooks.model import Webhook
from liveroom.store.sql.accounts.codes import SqlCodes
from liveroom.store.sql.accounts.contacts import SqlContacts
from liveroom.store.sql.accounts.gathered_users import gathered_users
from liveroom.store.sql.accounts.own_users import SqlOwnUsers
from liveroom.store.sql.accounts.sessions import SqlSessions
from liveroom.store.sql.accounts.users import SqlUsers
from liveroom.store.sql.addresses import SqliteAddress, read_address
from liveroom.store.sql.configured import APP_KEYS, FIXED_SECRETS, HOOKS, OPERATOR_ROLES, OPERATORS, WEBHOOKS
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.events.outbox import SqlOutbox
from liveroom.store.sql.events.rows import SqlEvents
from liveroom.store.sql.fenced import FencedEngine
from liveroom.store.sql.group_commit import GroupCommit
from liveroom.store.sql.ids import IdsAhead, SqlIds
from liveroom.store.sql.importing.bindings import SqlBindings
from liveroom.store.sql.importing.rows import SqlImportRows
from liveroom.store.sql.leases import SqlLeases
from liveroom.store.sql.ledger_statements import LEDGER_STATEMENTS, LedgerStatements
from liveroom.store.sql.moderation.address_bans import SqlAddressBans
from liveroom.store.sql.moderation.audit import SqlAudit
from liveroom.store.sql.operators.overview import SqlOverview
from liveroom.store.sql.operators.sessions import SqlOperatorSessions
from liveroom.store.sql.people_statements import PEOPLE_STATEMENTS, PeopleStatements
from liveroom.store.sql.presence.stays import SqlStays
from liveroom.store.sql.privacy.exporting import SqlPersonalExport
from liveroom.store.sql.privacy.exports import SqlExports
from liveroom.store.sql.rooms.rows import SqlRooms
from liveroom.store.sql.runner import Engine, Runner
from liveroom.store.sql.show_statements import SHOW_STATEMENTS, ShowStatements
from liveroom.store.sql.sqlite import SqliteEngine
from liveroom.store.sql.tenants.app_rules import SqlAppRules
from liveroom.store.sql.tenants.configuration_version import SqlConfigurationVersion
from liveroom.store.sql.tenants.rows import SqlTenants
from liveroom.store.sql.tenants.sealed import SqlSealed
from liveroom.store.sql.tenants.server_keys import SqlServerKeys
from liveroom.store.sql.vendors.removed import SqlRemovedParticipants
from liveroom.store.sql.vendors.work import SqlVendorWork
from liveroom.store.sql.webhooks.dead_letters import SqlDeadLetters
from liveroom.store.sql.webhooks.deliveries import SqlDeliveries
from liveroom.store.sql.webhooks.partitions import SqlEventPartitions

T = TypeVar("T")

_PING: Final = statement(select(literal(1)))


_MADE: Final[Mapping[str, Callable[[Runner], Any]]] = {
    "tenants": SqlTenants,
    "users": SqlUsers,
    "sessions": SqlSessions,
    "codes": SqlCodes,
    "contacts": SqlContacts,
    "rooms": SqlRooms,
    "stays": SqlStays,
    "outbox": SqlOutbox,
    "leases": SqlLeases,
    "vendor_work": SqlVendorWork,
    "removed_participants": SqlRemovedParticipants,
    "sealed": SqlSealed,
    "bindings": SqlBindings,
    "imports": SqlImportRows,
    "address_bans": SqlAddressBans,
    "configuration_version": SqlConfigurationVersion,
    "own_users": SqlOwnUsers,
    "fixed_secrets": FIXED_SECRETS.rows,
    "app_keys": APP_KEYS.rows,
    "app_rules": SqlAppRules,
    "server_keys": SqlServerKeys,
    "audit": SqlAudit,
    "hooks": HOOKS.rows,
    "events": SqlEvents,
    "event_partitions": SqlEventPartitions,
    "dead_letters": SqlDeadLetters,
    "deliveries": SqlDeliveries,
    "webhooks": WEBHOOKS.rows,
    "operators": OPERATORS.rows,
    "operator_roles": OPERATOR_ROLES.rows,
    "operator_sessions": SqlOperatorSessions,
    "overview": SqlOverview,
    "exports": SqlExports,
    "personal_export": SqlPersonalExport,
}

_MAKE: Final = {**_MADE, **SHOW_STATEMENTS, **PEOPLE_STATEMENTS, **LEDGER_STATEMENTS}


class SqlStatements(ShowStatements, PeopleStatements, LedgerStatements):
    """The statements of every aggregate, all run by the same runner.

    Those of an aggregate are made when they are first asked for: no transaction needs more than a few of them.
    """

    tenants: ports.Tenants
    users: ports.UserRows
    sessions: ports.Sessions
    codes: ports.CodeRows
    contacts: ports.Contacts
    rooms: ports.RoomRows
    stays: ports.Stays
    outbox: ports.Outbox
    leases: ports.Leases
    vendor_work: ports.VendorWork
    removed_participants: ports.RemovedParticipants
    sealed: ports.Sealed
    bindings: ports.Bindings
    imports: ports.ImportRows
    address_bans: ports.AddressBanRows
    configuration_version: ports.ConfigurationVersion
    own_users: ports.OwnUserRows
    fixed_secrets: ports.ConfiguredRows[FixedSecret]
    app_keys: ports.ConfiguredRows[AppKey]
    app_rules: ports.AppRules
    server_keys: ports.ServerKeyRows
    audit: ports.AuditRows
    hooks: ports.ConfiguredRows[Hook]
    events: ports.Events
    event_partitions: ports.EventPartitions
    dead_letters: ports.DeadLetters
    deliveries: ports.Deliveries
    webhooks: ports.ConfiguredRows[Webhook]
    operators: ports.ConfiguredRows[OperatorAccount]
    operator_roles: ports.ConfiguredRows[OperatorRole]
    operator_sessions: ports.OperatorSessionRows
    overview: ports.OverviewRows
    exports: ports.ExportRows
    personal_export: ports.PersonalExport

    def __init__(self, runner: Runner, ahead: IdsAhead | None = None) -> None:
        self._runner: Final = runner
        self.ids: ports.Ids = SqlIds(runner, ahead)

    def __getattr__(self, name: str) -> Any:
        make = _MAKE.get(name)
        if make is None:
            raise AttributeError(name)
        made = make(self._runner)
        setattr(self, name, made)
        return made


class SqlDatabase(SqlStatements):
    """The durable store (``ports.Database``). Its schema has to be the current one (``schema``)."""

    def __init__(self, engine: Engine, *, gathers: bool = False) -> None:
        """``gathers``: the database is a server, so that what may travel together does, and ids are taken ahead."""
        self._ahead: Final = IdsAhead(engine) if gathers else None
        super().__init__(engine, self._ahead)
        self.engine: Final = engine
        self._gathers: Final = gathers
        self._group = GroupCommit(engine) if gathers else None
        if gathers:
            self.users = gathered_users(engine)

    @classmethod
    async def open(
        cls, url: str, *, synchronous: str = "normal", pool: int = 8, wake_timeout: float = 0.0
    ) -> "SqlDatabase":
        """Open a database by its address. SQLite has to be there; MySQL may come later, and go and come back.

        ``wake_timeout``: seconds for which a MySQL that may have gone to sleep is waited for, once an outage.
        """
        address = read_address(url)
        if isinstance(address, SqliteAddress):
            return cls(SqliteEngine(address.path, synchronous=synchronous))
        from liveroom.store.sql.mysql import MysqlEngine

        return cls(MysqlEngine(address, pool=pool, wake_timeout=wake_timeout), gathers=True)

    async def transact(self, work: Callable[[ports.Tx], Awaitable[T]]) -> T:
        """Run the work in one transaction; run it again from its start where the database asks for that."""
        return await self.engine.together(lambda runner: work(SqlStatements(runner, self._ahead)))

    async def snapshot(self, work: Callable[[ports.Tx], Awaitable[T]]) -> T:
        """Run reads that all see the database as it was at one moment."""
        return await self.engine.snapshot(lambda runner: work(SqlStatements(runner)))

    async def transact_in_group(self, work: Callable[[ports.Tx], Awaitable[T]]) -> T:
        """Run the work in a transaction that it may share with others that begin in the same tick of the loop."""
        if self._group is None:
            return await self.transact(work)
        return await self._group.transact(lambda runner: work(SqlStatements(runner, self._ahead)))

    def fenced(self, guard: Callable[[], Awaitable[None]], check: Callable[[], None]) -> "SqlDatabase":
        """Return the same database for a process that may be told not to write any more (``fenced``)."""
        return SqlDatabase(FencedEngine(self.engine, guard, check), gathers=self._gathers)

    async def refresh(self) -> None:
        """Make connections anew: the process was frozen, and those that it had may be dead without saying so."""
        await self.engine.refresh()

    async def ping(self) -> None:
        """Return when the database has answered."""
        await self.engine.row(_PING)

    async def close(self) -> None:
        """Finish what is under way and let the database go."""
        if self._ahead is not None:
            await self._ahead.close()
        await self.engine.close()
