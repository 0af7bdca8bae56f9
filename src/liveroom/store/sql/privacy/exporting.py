"""What the archive of a person's data has of each table, and what it leaves out, and why.

Every table is in ``EXPORTED`` or in ``LEFT_OUT``, and each column that may name a user elsewhere in ``NAMED_BESIDE``:
tests compare that with the database, and search a dump of it for somebody.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import msgspec
from sqlalchemy import BindParameter, Column, ColumnElement, Integer, String, Table, and_, bindparam, select

from liveroom.domain.ids import UserId
from liveroom.domain.moderation.notices import Audience
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
_JSON: Final = frozenset({"body", "value", "timed", "pinned", "connection", "placement", "was", "becomes", "given"})
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

    @property
    def columns(self) -> Sequence[Column[Any]]:
        """The columns that are in the archive, and those by which rows are told apart."""
        return [column for column in self.table.columns if column.name not in self.left_out or column.primary_key]


_ACCOUNTS: Final = select(accounts.c.id).where(accounts.c.owner == _USER)
_TECHNICAL: Final = "how the service finds the row"
_SUMS: Final = "sums that name nobody"
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
    "envelope_parts": Exported(grabs, grabs.c.account.in_(_ACCOUNTS), {}, along=grabs.c.envelope),
    "promo_coins": Exported(lots, lots.c.account.in_(_ACCOUNTS), {"due": _TECHNICAL}),
    "battles": Exported(battle_rooms, battle_rooms.c.owner == _USER, dict.fromkeys(("number", "accepted"), _TECHNICAL)),
    "following": Exported(follows, follows.c.follower == _USER, {}),
    "blocks": Exported(blocks, blocks.c.blocker == _USER, {}),
    "exports": Exported(exports, exports.c.user_id == _USER, {"digest": _PROOF}, ("asked_by",)),
    "uploads": Exported(uploads, uploads.c.user_id == _USER, dict.fromkeys(("claimed", "look_at"), _TECHNICAL)),
}
"""By the file that they are in."""

_OPERATORS: Final = "the operator's"
_DIGESTS: Final = "keyed digests, from which nobody can be read"
_COPIES: Final = "copies of what is in other files, on their way to the operator's server; dropped after some days"
LEFT_OUT: Final[Mapping[str, str]] = {
    "lr_codes": _DIGESTS,
    "lr_signatures": _DIGESTS,
    "lr_imported": "a digest of the row that was taken from the former service, and its number",
    "lr_push_streams": "random names, times and a digest of a key, which let an encoder in; dropped with the account",
    "lr_connection_requests": "questions of rooms to each other that are dropped within a minute",
    "lr_battles": "when battles of `battles` began and ended, and who won",
    "lr_battle_scores": "what `gifts` counted in battles",
    "lr_battle_queue": "that a room waits for an opponent; dropped within a minute",
    "lr_room_terms": "words of the titles that are in `rooms`, while a room is live",
    "lr_events": _COPIES,
    "lr_dead_letters": _COPIES,
    "lr_outbox": "numbers of what has changed; dropped after a day",
    "lr_streams": "numbers",
    "lr_event_partitions": "how far the operator's server has been told",
    "lr_deliveries": "how the operator's server has answered",
    **dict.fromkeys(("lr_vendor_work", "lr_removed_participants"), "who and what is at a vendor, or was"),
    "lr_erasures": "only deleted users are in it",
    **dict.fromkeys(
        ("lr_tenants", "lr_fixed_secrets", "lr_server_keys", "lr_app_keys", "lr_app_rules", "lr_webhooks", "lr_hooks"),
        _OPERATORS,
    ),
    **dict.fromkeys(("lr_statistics_retention", "lr_gift_rank_counts", "lr_settlements", "lr_overview"), _SUMS),
    **dict.fromkeys(("lr_operators", "lr_operator_roles", "lr_operator_sessions"), "the operator's own people"),
    "lr_statistics_queue": "what is to be counted anew",
    "lr_statistics_broadcast_days": "sums of a day, which are in `statistics`",
    "lr_user_terms": "words of the name that is in `profile`",
    "lr_notes": "what operators noted for each other",
    "lr_timeline": (
        "seats, roles and likes of stays and broadcasts, and that a vendor saw somebody there: "
        "`stays` and `broadcasts` say it"
    ),
    "lr_lot_uses": "which of `promo_coins` paid for which of `gifts`",
    "lr_gift_ranks": "sums of `gifts`",
    "lr_unranked_gifts": "which of `gifts` are to be added to sums",
    "lr_dues": "parts of `wallet` that are not in its balance yet; `wallet_entries` has them",
    "lr_checkpoints": "sums of `wallet_entries`, for the audit",
    "lr_differences": "what the audit has found wrong",
    "lr_seals": "digests that name nobody",
    "lr_approvals": "who of the operator's people asked for what is in `wallet_journals`, and who approved it",
    "lr_bonus_rules": _OPERATORS,
    "lr_follow_counts": "sums of `following`, and of those who follow the user",
    "lr_follow_alerts": "how far followers of the user have been told that they went live",
    "lr_evidence": "what was reported, as it was then: it is kept for those who decide, and names who is in it",
    **dict.fromkeys(("lr_reasons", "lr_words"), _OPERATORS),
    **dict.fromkeys(("lr_gift_catalogues", "lr_catalogued_gifts", "lr_gift_prices", "lr_gift_categories"), _OPERATORS),
    **dict.fromkeys(("lr_counters", "lr_leases"), "the service's"),
}
"""Tables of which nothing is in the archive, and why."""

_THEIRS: Final = "a row about somebody else, that the user has done something to; what they did is in `audit`"
NAMED_BESIDE: Final[Mapping[tuple[str, str], str]] = {
    ("lr_ids", "holder"): "the ids of rooms, which are in `rooms`",
    ("lr_rooms", "created_by"): _THEIRS,
    ("lr_rooms", "updated_by"): _THEIRS,
    ("lr_rooms", "pinned"): _THEIRS,
    ("lr_rooms", "connection"): "that the user's live room is connected with somebody else's, as `rooms` says",
    ("lr_rooms", "envelopes"): "envelopes that are not over in the user's room; what the user sent is in `envelopes`",
    ("lr_rooms", "streams"): "streams that are live in the user's room, as its events say",
    ("lr_rooms", "battle"): "that the user's live room is in a battle with somebody else's, as `battles` says",
    ("lr_battles", "room"): "a battle to which the user's room has invited others, which `battles` has",
    ("lr_battles", "made_by"): "an invitation that is open, for less than a minute",
    ("lr_battle_rooms", "room"): "a battle of the user's room while somebody else owned it",
    ("lr_metadata", "updated_by"): _THEIRS,
    ("lr_metadata", "value"): "what somebody else's app keeps with their room",
    ("lr_messages", "recalled_by"): _THEIRS,
    ("lr_messages", "body"): "what somebody else wrote",
    ("lr_access_records", "updated_by"): _THEIRS,
    ("lr_access_records", "room"): "somebody else's relation to the user's room",
    ("lr_messages", "room"): "what somebody else wrote in the user's room",
    ("lr_stays", "room"): "somebody else's stay in the user's room",
    ("lr_broadcasts", "room"): "somebody else's broadcast in the user's room",
    ("lr_reports", "room"): "somebody else's report about the user's room",
    ("lr_reports", "target"): "who reported the user, and what for, is these people's",
    ("lr_reports", "handled_by"): _THEIRS,
    ("lr_statistics_broadcasts", "room"): "figures of somebody else's broadcast in the user's room",
    ("lr_statistics_audience", "host"): "when others first watched the user",
    ("lr_statements", "room"): "what somebody else was told about what happened in the user's room",
    ("lr_notices", "subject"): "a notice to everybody in the user's room",
    ("lr_notices", "last_room"): "how far a notice to all rooms is",
    ("lr_labels", "room"): "what a vendor found about somebody else in the user's room",
    ("lr_reports", "claimed_by"): _THEIRS,
    ("lr_follows", "followed"): "who follows the user is these people's to tell",
    ("lr_blocks", "blocked"): "who has blocked the user is these people's to tell",
    ("lr_uploads", "room"): "what somebody else has uploaded for the user's room",
    ("lr_audit", "subject"): "what others did to the user: what came of it is in `profile` and `access_records`",
    ("lr_audit", "room"): "what others did in the user's room",
    ("lr_audit", "was"): "what an operator has changed",
    ("lr_audit", "becomes"): "what an operator has changed",
}
"""Columns that may name a user in rows that are not about them, and why such a row is not in the archive."""


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
    for column, value in zip(rule.columns, row, strict=True):
        name = column.name
        if name in rule.left_out:
            continue
        if name in rule.others and value not in ("", user):
            shown[name] = ""
        elif value is None or isinstance(value, int):
            shown[name] = f"{instant(value):%Y-%m-%d %H:%M:%S}" if value is not None and name in TIMES else value
        else:
            is_json = name in _JSON or column is _BATTLE
            shown[name] = msgspec.Raw(value.encode()) if value and is_json else value
    return shown
