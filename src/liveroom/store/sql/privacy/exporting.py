"""What the archive of a person's data has of each table, and what it leaves out, and why.

Every table is in ``EXPORTED`` or in ``LEFT_OUT`` (``left_out``), and each column that may name a user elsewhere in
``NAMED_BESIDE``: tests compare that with the database, and search a dump of it for somebody.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import msgspec
from sqlalchemy import BindParameter, Column, ColumnElement, Integer, String, Table, and_, bindparam, select

from liveroom.domain.ids import UserId
from liveroom.domain.moderation.notices import Audience
from liveroom.store.sql.activity_tables import activities, ballots, questions
from liveroom.store.sql.agency_tables import agencies, agency_hosts
from liveroom.store.sql.backend_tables import audit, own_users
from liveroom.store.sql.battle_tables import battle_rooms
from liveroom.store.sql.charge_tables import charges
from liveroom.store.sql.dialect import Row, Statement, Value, statement
from liveroom.store.sql.envelope_tables import envelopes, grabs
from liveroom.store.sql.export_tables import exports
from liveroom.store.sql.follow_tables import blocks, follows
from liveroom.store.sql.instants import instant
from liveroom.store.sql.ledger_tables import accounts, entries, journals, lots, minor_refunds, payouts
from liveroom.store.sql.moderation_tables import labels, notices, statements
from liveroom.store.sql.receipt_tables import receipts
from liveroom.store.sql.recording_tables import recordings
from liveroom.store.sql.reminder_tables import reminders
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sent_gift_tables import sent_gifts
from liveroom.store.sql.settlement_tables import account_statements
from liveroom.store.sql.show_tables import access_records, messages, reports, room_metadata
from liveroom.store.sql.statistics_tables import statistics_audience, statistics_broadcasts, statistics_series
from liveroom.store.sql.tables import (
    address_bans,
    bindings,
    broadcasts,
    contacts,
    credentials,
    ids,
    rooms,
    sessions,
    stays,
    users,
)
from liveroom.store.sql.upload_tables import uploads

_USER: Final[BindParameter[str]] = bindparam("user")
_PAGE: Final = 1000
TIMES: Final = frozenset(
    (
        *("created", "updated", "ended", "deleted", "banned_until", "muted_until", "opened", "closed", "entered"),
        *("left_at", "at", "recalled", "handled", "starts", "ends", "expires", "used", "bound", "made", "until"),
        *("appealed", "decided", "counted", "peaked", "signed_up", "begins", "look_at", "claimed", "finished"),
        "placed_until",
        "closes",
    )
)
"""Columns of milliseconds since 1970."""
_JSON: Final = frozenset(
    {"body", "value", "timed", "pinned", "connection", "placement", "recording", "files", "was", "becomes", "given"}
)
"""Columns whose texts are JSON."""
_BATTLE: Final = rooms.c.battle
"""JSON too; in other tables a column of this name is a battle's id."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Rows of a table that go into a file of the archive."""

    table: Table
    named: ColumnElement[bool]
    """That a row is about the user."""
    left_out: Mapping[str, str]
    """Columns that are not in the archive, and why."""
    others: Collection[str] = ()
    """Columns that may name somebody else: they are empty then."""
    along: Column[Any] | None = None
    """By what rows are read some at a time, in an index behind the user; None: there are few."""
    also: Sequence[ColumnElement[bool]] = ()
    """Other ways in which a row may be about the user, each with an index of its own."""
    written: Mapping[str, str] = field(default_factory=dict)
    """Columns with words, and the columns that name who wrote them: what somebody else has written is empty."""

    @property
    def columns(self) -> Sequence[Column[Any]]:
        """The columns that are in the archive, and those by which rows are told apart."""
        return [column for column in self.table.columns if column.name not in self.left_out or column.primary_key]


_ACCOUNTS: Final = select(accounts.c.id).where(accounts.c.owner == _USER)
_TECHNICAL: Final = "how the service finds the row"
_PROOF: Final = "proves who somebody is"

EXPORTED: Final[Mapping[str, Exported]] = {
    "profile": Exported(users, users.c.id == _USER, {"user_bucket": _TECHNICAL}),
    "ids": Exported(ids, ids.c.id == _USER, {}, ("holder",)),
    "credentials": Exported(
        credentials, credentials.c.user_id == _USER, dict.fromkeys(("salt", "folded", "look"), _PROOF)
    ),
    "tags": Exported(bindings, bindings.c.user_id == _USER, {}),
    "contacts": Exported(contacts, contacts.c.user_id == _USER, {}),
    "own_users": Exported(own_users, own_users.c.user_id == _USER, {}),
    "sessions": Exported(
        sessions,
        sessions.c.user_id == _USER,
        {"user_bucket": _TECHNICAL, "address": "a keyed digest, from which no address can be read"},
    ),
    "rooms": Exported(
        rooms,
        rooms.c.holder == _USER,
        {"password": _PROOF, "room_bucket": _TECHNICAL},
        ("owner", "created_by", "updated_by"),
        also=(rooms.c.owner == _USER,),
    ),
    "room_metadata": Exported(
        room_metadata, room_metadata.c.room.in_(select(rooms.c.id).where(rooms.c.holder == _USER)), {}, ("updated_by",)
    ),
    "broadcasts": Exported(broadcasts, broadcasts.c.owner == _USER, {}),
    "stays": Exported(
        stays,
        stays.c.user_id == _USER,
        dict.fromkeys(("entries", "ord", "version", "room_bucket", "user_bucket"), _TECHNICAL),
        along=stays.c.entered,
    ),
    "messages": Exported(messages, messages.c.user_id == _USER, {}, ("recalled_by",), along=messages.c.at),
    "access_records": Exported(access_records, access_records.c.user_id == _USER, {"rev": _TECHNICAL}, ("updated_by",)),
    "address_bans": Exported(
        address_bans,
        address_bans.c.user_id == _USER,
        {"address": "a keyed digest, from which no address can be read"},
    ),
    "reports_filed": Exported(
        reports,
        reports.c.reporter == _USER,
        {
            "words": "what the other person wrote",
            "handled_by": "who of the operator's people looked at it",
            "outcome": "their note",
            "claimed_by": "who of the operator's people looked at it",
            "claimed_until": _TECHNICAL,
            "measure": "what was done to the other person",
        },
    ),
    "statements": Exported(
        statements,
        statements.c.user_id == _USER,
        {
            "report": "it would say that somebody has reported them, and when",
            "made_by": "who of the operator's people decided it",
            "decided_by": "who of the operator's people decided it",
        },
    ),
    "notices": Exported(
        notices,
        and_(notices.c.subject == _USER, notices.c.audience == Audience.USER.value),
        {
            "made_by": "who of the operator's people sent it",
            **dict.fromkeys(("rooms", "last_room", "done"), _TECHNICAL),
        },
    ),
    "labels": Exported(labels, labels.c.user_id == _USER, {}),
    "audit": Exported(audit, audit.c.actor == bindparam("doer"), {"request": _TECHNICAL}, along=audit.c.id),
    "broadcast_statistics": Exported(statistics_broadcasts, statistics_broadcasts.c.host == _USER, {}),
    "statistics": Exported(
        statistics_series, and_(statistics_series.c.scope == "host", statistics_series.c.subject == _USER), {}
    ),
    "first_visits": Exported(statistics_audience, statistics_audience.c.user_id == _USER, {}, ("host",)),
    "wallet": Exported(accounts, accounts.c.owner == _USER, {"floor": _TECHNICAL}),
    "wallet_entries": Exported(entries, entries.c.account.in_(_ACCOUNTS), {}, along=entries.c.n),
    "wallet_journals": Exported(
        journals,
        journals.c.id.in_(select(entries.c.journal).where(entries.c.account.in_(_ACCOUNTS))),
        {"digest": _TECHNICAL, "made_by": "who of the operator's people did it"},
    ),
    "minor_refunds": Exported(
        minor_refunds,
        minor_refunds.c.user_id == _USER,
        {
            "digest": _TECHNICAL,
            "done_to": _TECHNICAL,
            "wallet": _TECHNICAL,
            "promo": _TECHNICAL,
            "made_by": "who of the operator's people did it",
            "reason": "what operators noted for each other",
        },
    ),
    "payouts": Exported(
        payouts,
        payouts.c.account.in_(_ACCOUNTS),
        {"digest": _TECHNICAL, "made_by": "who of the operator's people did it"},
    ),
    "charges": Exported(
        charges,
        charges.c.sender.in_(_ACCOUNTS),
        dict.fromkeys(("attempt", "digest", "slot", "due", "tries"), _TECHNICAL),
        along=charges.c.id,
    ),
    "receipts": Exported(receipts, receipts.c.account.in_(_ACCOUNTS), {"turns": _TECHNICAL}),
    "gifts": Exported(
        sent_gifts,
        sent_gifts.c.receiver.in_(_ACCOUNTS),
        dict.fromkeys(("attempt", "digest", "batch", "sender", "receiver", "agency"), _TECHNICAL),
        along=sent_gifts.c.id,
        also=(sent_gifts.c.id.in_(select(entries.c.doc).where(entries.c.account.in_(_ACCOUNTS))),),
    ),
    "agencies": Exported(agencies, agencies.c.owner == _USER, {}),
    "agency_memberships": Exported(
        agency_hosts,
        agency_hosts.c.host == _USER,
        {"slot": _TECHNICAL, "invited_by": "who of the operator's people did it"},
    ),
    "account_statements": Exported(account_statements, account_statements.c.account.in_(_ACCOUNTS), {}),
    "envelopes": Exported(
        envelopes,
        envelopes.c.source.in_(_ACCOUNTS),
        dict.fromkeys(("attempt", "digest", "seed", "due"), _TECHNICAL),
        along=envelopes.c.id,
    ),
    "recordings": Exported(
        recordings,
        recordings.c.owner == _USER,
        dict.fromkeys(("task", "due", "erased"), _TECHNICAL),
        ("owner", "started_by"),
        along=recordings.c.id,
        also=(recordings.c.started_by == _USER,),
    ),
    "envelope_parts": Exported(grabs, grabs.c.account.in_(_ACCOUNTS), {}, along=grabs.c.envelope),
    "promo_coins": Exported(lots, lots.c.account.in_(_ACCOUNTS), {"due": _TECHNICAL}),
    "battles": Exported(battle_rooms, battle_rooms.c.owner == _USER, dict.fromkeys(("number", "accepted"), _TECHNICAL)),
    "activities": Exported(activities, activities.c.made_by == _USER, dict.fromkeys(("state", "due"), _TECHNICAL)),
    "ballots": Exported(ballots, ballots.c.user_id == _USER, {}, along=ballots.c.activity),
    "questions": Exported(
        questions,
        questions.c.user_id == _USER,
        {"place": _TECHNICAL},
        ("user_id", "answered_by"),
        also=(questions.c.answered_by == _USER,),
        written={"words": "user_id", "answer": "answered_by"},
    ),
    "reminders": Exported(reminders, reminders.c.user_id == _USER, {}),
    "following": Exported(follows, follows.c.follower == _USER, {}),
    "blocks": Exported(blocks, blocks.c.blocker == _USER, {}),
    "exports": Exported(exports, exports.c.user_id == _USER, {"digest": _PROOF}, ("asked_by",)),
    "uploads": Exported(uploads, uploads.c.user_id == _USER, dict.fromkeys(("claimed", "look_at"), _TECHNICAL)),
}
"""By the file that they are in."""


def _statements() -> Mapping[str, Sequence[Statement]]:
    found: dict[str, Sequence[Statement]] = {}
    for file, rule in EXPORTED.items():
        asked = [select(*rule.columns).where(named) for named in (rule.named, *rule.also)]
        if rule.along is not None:
            since: BindParameter[Any] = bindparam("since", type_=rule.along.type)
            limit = bindparam("limit", type_=Integer)
            asked = [one.where(rule.along >= since).order_by(rule.along).limit(limit) for one in asked]
        found[file] = [statement(one) for one in asked]
    return found


_STATEMENTS: Final = _statements()


@dataclass(frozen=True, slots=True)
class SqlPersonalExport:
    """``ports.PersonalExport``."""

    _runner: Runner
    page: int = _PAGE
    """Rows that are read at a time."""

    def files(self) -> Sequence[str]:
        return list(EXPORTED)

    async def rows(self, file: str, user: UserId) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        rule = EXPORTED[file]
        async for page in self._pages(file, user):
            yield [_shown(rule, row, user) for row in page]

    async def _pages(self, file: str, user: UserId) -> AsyncIterator[Sequence[Row]]:
        rule, asked = EXPORTED[file], _STATEMENTS[file]
        names: dict[str, Value] = {"user": user} if file != "audit" else {"doer": f"user:{user}"}
        keys = [number for number, column in enumerate(rule.columns) if column.primary_key]
        if rule.along is None:
            pages = [await self._runner.rows(one, **names) for one in asked]
            yield list({tuple(row[number] for number in keys): row for row in chain(*pages)}.values())
            return
        for one in asked:
            async for page in self._along(rule, rule.along, one, keys, names):
                yield page

    async def _along(
        self, rule: Exported, along: Column[Any], asked: Statement, keys: Sequence[int], names: Mapping[str, Value]
    ) -> AsyncIterator[Sequence[Row]]:
        where = [column.name for column in rule.columns].index(along.name)
        since: Any = "" if isinstance(along.type, String) else 0
        seen: set[Row] = set()
        limit = self.page
        while True:
            rows = await self._runner.rows(asked, **names, since=since, limit=limit)
            new = [row for row in rows if tuple(row[number] for number in keys) not in seen]
            if new:
                yield new
            if len(rows) < limit:
                return
            # More rows of one moment than a page has would be asked for again and again.
            limit = limit if rows[-1][where] != since else 2 * limit
            since = rows[-1][where]
            seen = {tuple(row[number] for number in keys) for row in rows if row[where] == since}


def _shown(rule: Exported, row: Row, user: UserId) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    writers = {column.name: value for column, value in zip(rule.columns, row, strict=True)} if rule.written else {}
    for column, value in zip(rule.columns, row, strict=True):
        name = column.name
        if name in rule.left_out:
            continue
        if (name in rule.others and value not in ("", user)) or (
            name in rule.written and writers[rule.written[name]] != user
        ):
            shown[name] = ""
        elif value is None or isinstance(value, int):
            shown[name] = f"{instant(value):%Y-%m-%d %H:%M:%S}" if value is not None and name in TIMES else value
        else:
            is_json = name in _JSON or column is _BATTLE
            shown[name] = msgspec.Raw(value.encode()) if value and is_json else value
    return shown
