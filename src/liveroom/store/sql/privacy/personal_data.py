"""Personal data of deleted users: the rows that name them, found some at a time by an index, rewritten by their keys.

Which column is emptied, which gets the pseudonym and which stays as it is: docs/decisions/0029-deleted-users.md.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BindParameter,
    Integer,
    String,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from liveroom.domain.follows.model import Pair
from liveroom.domain.ids import BroadcastId, RoomId, UserId, user_bucket
from liveroom.domain.moderation.notices import Audience
from liveroom.domain.privacy.erasures import Erasure, PersonalDataKind
from liveroom.domain.statistics.days import Scope
from liveroom.domain.uploads.model import OF_GIFTS, UploadState
from liveroom.domain.vendors.model import Matter, Vendor
from liveroom.ports.erasures import Key, PersonalEvent, PersonalRows
from liveroom.ports.importing import ImportKind
from liveroom.store.sql.activity_tables import activities, ballots, questions
from liveroom.store.sql.agency_tables import agencies, agency_hosts
from liveroom.store.sql.backend_tables import audit
from liveroom.store.sql.battle_tables import battle_rooms
from liveroom.store.sql.dialect import Values, statement
from liveroom.store.sql.follow_tables import blocks, follow_counts, follows
from liveroom.store.sql.follows.rows import SqlFollows
from liveroom.store.sql.ledger_tables import accounts, approvals, minor_refunds
from liveroom.store.sql.moderation_tables import labels, notices, statements
from liveroom.store.sql.people_tables import notes
from liveroom.store.sql.privacy.event_tables import NAMING, REWRITE, REWRITE_DEAD, SPANS
from liveroom.store.sql.privacy.rewriting import LIMIT, ErasureRule
from liveroom.store.sql.recording_tables import recordings
from liveroom.store.sql.reminder_tables import reminders
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import access_records, messages, reports, room_metadata
from liveroom.store.sql.statistics_tables import statistics_audience, statistics_broadcasts, statistics_series
from liveroom.store.sql.tables import broadcasts, imported, rooms, sessions, stays, vendor_work
from liveroom.store.sql.upload_tables import uploads
from liveroom.store.sql.vendors.work import read_achieved, write_achieved

_USER: Final[BindParameter[str]] = bindparam("user")
_PSEUDONYM: Final[BindParameter[str]] = bindparam("pseudonym")
_APART: Final[BindParameter[str]] = bindparam("apart", expanding=True)
_BEHIND: Final = "!"
"""Sorts right behind the space that follows a user in a subject of the audit."""
_TOUCHED: Final = -1
"""Of a row that was taken from the original: it is not as it was taken, and is followed no more."""
_WINDOW: Final = 5000
"""Events of a stream that are looked through at a time."""


_GONE: Final = UploadState.REMOVED.value
_OF_GIFTS: Final = or_(*(uploads.c.purpose == purpose for purpose in OF_GIFTS))
_RULES: Final[Mapping[PersonalDataKind, ErasureRule]] = {
    PersonalDataKind.STAY: ErasureRule(
        stays,
        and_(stays.c.user_id == _USER, stays.c.broadcast.not_in(_APART)),
        {"user_id": _PSEUDONYM, "name": "", "avatar": "", "entries": "[]", "user_bucket": bindparam("bucket")},
        room=stays.c.room,
    ),
    PersonalDataKind.MESSAGE: ErasureRule(
        messages,
        messages.c.user_id == _USER,
        {
            "user_id": _PSEUDONYM,
            "name": "",
            "avatar": "",
            "body": "",
            "recalled_by": case((messages.c.recalled_by == _USER, _PSEUDONYM), else_=messages.c.recalled_by),
        },
        room=messages.c.room,
    ),
    PersonalDataKind.AUDIT_ACTOR: ErasureRule(
        audit, audit.c.actor == bindparam("doer"), {"actor": bindparam("named"), "address": ""}
    ),
    PersonalDataKind.AUDIT_TARGET: ErasureRule(
        audit,
        and_(audit.c.subject >= bindparam("doer"), audit.c.subject < bindparam("end")),
        {
            "subject": bindparam("named", type_=String).concat(
                func.substr(audit.c.subject, bindparam("rest", type_=Integer))
            ),
            "reason": "",
            "was": None,
            "becomes": None,
        },
    ),
    PersonalDataKind.NOTE: ErasureRule(notes, notes.c.user_id == _USER, None),
    PersonalDataKind.REPORT_OF: ErasureRule(
        reports,
        reports.c.target == _USER,
        {"target": _PSEUDONYM, "words": "", "note": "", "outcome": ""},
        room=reports.c.room,
    ),
    PersonalDataKind.REPORT_BY: ErasureRule(
        reports,
        reports.c.reporter == _USER,
        {"reporter": _PSEUDONYM, "note": ""},
        room=reports.c.room,
        user=reports.c.target,
    ),
    PersonalDataKind.STATEMENT: ErasureRule(
        statements, statements.c.user_id == _USER, {"user_id": _PSEUDONYM, "words": "", "appeal": "", "answer": ""}
    ),
    PersonalDataKind.LABEL: ErasureRule(labels, labels.c.user_id == _USER, {"user_id": _PSEUDONYM, "found": ""}),
    PersonalDataKind.NOTICE: ErasureRule(
        notices,
        and_(notices.c.subject == _USER, notices.c.audience == Audience.USER.value),
        {"subject": _PSEUDONYM, "words": "", "data": ""},
    ),
    PersonalDataKind.ROOM_ACCESS: ErasureRule(
        access_records, access_records.c.user_id == _USER, None, room=access_records.c.room
    ),
    PersonalDataKind.AUDIENCE_MEMBER: ErasureRule(
        statistics_audience, statistics_audience.c.user_id == _USER, None, moved=statistics_audience.c.user_id
    ),
    PersonalDataKind.AUDIENCE_HOST: ErasureRule(
        statistics_audience, statistics_audience.c.host == _USER, None, moved=statistics_audience.c.host
    ),
    PersonalDataKind.COUNTED_BROADCAST: ErasureRule(
        statistics_broadcasts, statistics_broadcasts.c.host == _USER, {"host": _PSEUDONYM}
    ),
    PersonalDataKind.SERIES: ErasureRule(
        statistics_series,
        and_(statistics_series.c.scope == Scope.HOST.value, statistics_series.c.subject == _USER),
        None,
        moved=statistics_series.c.subject,
    ),
    PersonalDataKind.MONEY: ErasureRule(accounts, accounts.c.owner == _USER, {"owner": _PSEUDONYM}),
    PersonalDataKind.AGENCY: ErasureRule(agencies, agencies.c.owner == _USER, {"owner": _PSEUDONYM}),
    PersonalDataKind.AGENCY_HOST: ErasureRule(
        agency_hosts, agency_hosts.c.host == _USER, {"host": _PSEUDONYM, "slot": None}
    ),
    PersonalDataKind.APPROVAL: ErasureRule(approvals, approvals.c.target == _USER, {"target": _PSEUDONYM, "words": ""}),
    PersonalDataKind.MINOR_REFUND: ErasureRule(
        minor_refunds, minor_refunds.c.user_id == _USER, {"user_id": _PSEUDONYM, "reason": ""}
    ),
    PersonalDataKind.FOLLOWING: ErasureRule(follows, follows.c.follower == _USER, None),
    PersonalDataKind.FOLLOWER: ErasureRule(follows, follows.c.followed == _USER, None),
    PersonalDataKind.REMINDER: ErasureRule(reminders, reminders.c.user_id == _USER, None),
    PersonalDataKind.BLOCKED: ErasureRule(blocks, blocks.c.blocker == _USER, None),
    PersonalDataKind.BLOCKER: ErasureRule(blocks, blocks.c.blocked == _USER, None),
    PersonalDataKind.BATTLE: ErasureRule(battle_rooms, battle_rooms.c.owner == _USER, {"owner": _PSEUDONYM}),
    PersonalDataKind.BALLOT: ErasureRule(ballots, ballots.c.user_id == _USER, None),
    PersonalDataKind.QUESTION: ErasureRule(questions, questions.c.user_id == _USER, None),
    PersonalDataKind.ANSWER: ErasureRule(
        questions, questions.c.answered_by == _USER, {"answered_by": _PSEUDONYM, "answer": ""}
    ),
    PersonalDataKind.ACTIVITY: ErasureRule(
        activities,
        and_(activities.c.made_by == _USER, activities.c.ended.is_not(None)),
        {"made_by": _PSEUDONYM, "state": "{}", "result": "{}"},
    ),
    PersonalDataKind.UPLOAD: ErasureRule(
        uploads,
        uploads.c.user_id == _USER,
        {"user_id": _PSEUDONYM, "detail": "", "look_at": 0, "state": case((_OF_GIFTS, uploads.c.state), else_=_GONE)},
    ),
    PersonalDataKind.RECORDING: ErasureRule(
        recordings,
        or_(recordings.c.owner == _USER, recordings.c.started_by == _USER),
        {
            "owner": case((recordings.c.owner == _USER, _PSEUDONYM), else_=recordings.c.owner),
            "started_by": case((recordings.c.started_by == _USER, _PSEUDONYM), else_=recordings.c.started_by),
        },
    ),
    PersonalDataKind.BROADCAST: ErasureRule(
        broadcasts,
        and_(broadcasts.c.owner == _USER, broadcasts.c.closed.is_not(None)),
        {"owner": _PSEUDONYM, "title": ""},
        room=broadcasts.c.room,
    ),
}
_FIND: Final = {kind: rule.find() for kind, rule in _RULES.items()}
_ERASE: Final = {kind: rule.erase() for kind, rule in _RULES.items()}
_MOVE: Final = {kind: rule.move() for kind, rule in _RULES.items() if rule.moved is not None}

_RUNNING: Final = statement(
    select(stays.c.broadcast)
    .join_from(stays, broadcasts, broadcasts.c.id == stays.c.broadcast)
    .where(stays.c.user_id == _USER, stays.c.left_at.is_(None), broadcasts.c.closed.is_(None))
    .distinct()
)
_STAYED: Final = statement(select(stays.c.id).where(stays.c.user_id == _USER).limit(1))
_OWNED: Final = statement(select(broadcasts.c.id).where(broadcasts.c.owner == _USER).limit(1))
_ROOMS: Final = [
    statement(
        select(rooms.c.id).where(whose == _USER, rooms.c.id > bindparam("after")).order_by(rooms.c.id).limit(LIMIT)
    )
    for whose in (rooms.c.holder, rooms.c.owner)
]
_FORGET_METADATA: Final = statement(
    update(room_metadata).where(room_metadata.c.room == bindparam("of")).values(value="{}")
)
_FORGET_CHANGES: Final = statement(
    update(audit)
    .where(audit.c.subject == bindparam("of"), or_(audit.c.was.is_not(None), audit.c.becomes.is_not(None)))
    .values(was=None, becomes=None)
)
_FORGET_IMPORT: Final = statement(
    update(imported)
    .where(imported.c.kind == bindparam("what"), imported.c.id == bindparam("of"))
    .values(digest="", mark=_TOUCHED)
)
_FORGET_SESSIONS: Final = statement(
    update(sessions)
    .where(sessions.c.user_id == bindparam("of"), or_(sessions.c.tag != "", sessions.c.address != ""))
    .values(tag="", address="")
)
_FOLLOWS: Final = frozenset({PersonalDataKind.FOLLOWING, PersonalDataKind.FOLLOWER})
"""Rows that are counted with somebody else too."""
_FORGET_COUNTS: Final = statement(delete(follow_counts).where(follow_counts.c.user_id == bindparam("of")))
_WORK: Final = and_(
    vendor_work.c.vendor == bindparam("where"),
    vendor_work.c.matter == bindparam("what"),
    vendor_work.c.subject == bindparam("of"),
)
_ACHIEVED: Final = statement(select(vendor_work.c.achieved).where(_WORK))
_FORGET_WORK: Final = statement(
    update(vendor_work)
    .where(_WORK, vendor_work.c.achieved == bindparam("known"))
    .values(achieved=bindparam("stands"), reason="")
)


@dataclass(frozen=True, slots=True)
class SqlPersonalData:
    """``ports.PersonalData``."""

    _runner: Runner

    async def running(self, user: UserId) -> Collection[BroadcastId]:
        return {BroadcastId(row[0]) for row in await self._runner.rows(_RUNNING, user=user)}

    async def find(
        self, kind: PersonalDataKind, user: UserId, limit: int, apart: Collection[BroadcastId] = ()
    ) -> PersonalRows:
        rule, values = _RULES[kind], _names(user)
        rows = await self._runner.rows(_FIND[kind], **values, limit=limit, apart=["", *apart])
        keys = len(rule.keys)
        about = [row[keys:] for row in rows]
        found = {RoomId(names[0]) for names in about if rule.room is not None and names[0]}
        users = {UserId(names[1]) for names in about if rule.user is not None and names[1]}
        return PersonalRows([tuple(row[:keys]) for row in rows], found, users)

    async def erase(self, kind: PersonalDataKind, erasure: Erasure, keys: Sequence[Key]) -> None:
        if kind in _FOLLOWS:
            pairs = [Pair(UserId(str(who)), UserId(str(whom))) for who, whom in keys]
            await self._unfollow(erasure.user, pairs)
            return
        rule = _RULES[kind]
        if rule.moved is not None:
            names = [column.name for column in rule.keys]
            rows: list[Values] = [
                {**dict(zip(names, key, strict=True)), rule.moved.name: erasure.pseudonym} for key in sorted(keys)
            ]
            await self._runner.run_many(_MOVE[kind], rows)
        columns = [f"key_{column.name}" for column in rule.keys]
        values = _names(erasure.user) | {"pseudonym": erasure.pseudonym, "named": f"user:{erasure.pseudonym}"}
        values["bucket"] = user_bucket(erasure.pseudonym)
        many: list[Values] = [{**values, **dict(zip(columns, key, strict=True))} for key in sorted(keys)]
        await self._runner.run_many(_ERASE[kind], many)

    async def rooms(self, user: UserId, after: RoomId, limit: int) -> Sequence[RoomId]:
        found = [await self._runner.rows(asked, user=user, after=after, limit=limit) for asked in _ROOMS]
        return [RoomId(room) for room in sorted({row[0] for rows in found for row in rows})[:limit]]

    async def forget_room(self, room: RoomId) -> None:
        await self._runner.run(_FORGET_METADATA, of=room)
        await self._runner.run(_FORGET_CHANGES, of=f"room:{room}")
        await self._runner.run(_FORGET_IMPORT, what=ImportKind.ROOM.value, of=room)
        for vendor in Vendor:
            await self._forget_work(vendor, Matter.ROOM, room)

    async def forget_user(self, user: UserId) -> None:
        await self._runner.run(_FORGET_SESSIONS, of=user)
        await self._runner.run(_FORGET_IMPORT, what=ImportKind.USER.value, of=user)
        await self._forget_work(Vendor.IM, Matter.ACCOUNT, user)
        await self._runner.run(_FORGET_COUNTS, of=user)

    async def is_left(self, user: UserId) -> bool:
        return bool(await self._runner.row(_STAYED, user=user) or await self._runner.row(_OWNED, user=user))

    async def events_naming(self, user: UserId, stream: str) -> Sequence[PersonalEvent]:
        needle = msgspec.json.encode(user).decode()
        found: list[PersonalEvent] = []
        for span, naming in zip(SPANS, NAMING, strict=True):
            row = await self._runner.row(span, of=stream)
            for first in _windows(row):
                rows = await self._runner.rows(naming, of=stream, first=first, end=first + _WINDOW, needle=needle)
                found += [PersonalEvent(*one) for one in rows]
        return found

    async def rewrite(self, named: Sequence[PersonalEvent]) -> None:
        kept: list[Values] = [
            {"of": one.stream, "which": one.seq, "new_body": one.body} for one in named if not one.target
        ]
        dead: list[Values] = [{"to": one.target, "key": one.id, "new_body": one.body} for one in named if one.target]
        for asked, many in ((REWRITE, kept), (REWRITE_DEAD, dead)):
            if many:
                await self._runner.run_many(asked, many)

    async def _unfollow(self, user: UserId, pairs: Sequence[Pair]) -> None:
        """Remove follows, and count them with the others as gone."""
        others = {other for pair in pairs for other in pair if other != user}

        async def work(runner: Runner) -> None:
            follows_now = SqlFollows(runner)
            found = await follows_now.lock(user, others, theirs=True)
            await follows_now.remove([pair for pair in pairs if pair in found], found)

        await self._runner.together(work)

    async def _forget_work(self, vendor: Vendor, matter: Matter, subject: str) -> None:
        """Take a name out of how things stand at a vendor, unless they stand otherwise by now."""
        key = {"where": vendor.value, "what": matter.value, "of": subject}
        row = await self._runner.row(_ACHIEVED, **key)
        if row is not None:
            stands = write_achieved(replace(read_achieved(row[0]), name=""))
            await self._runner.run(_FORGET_WORK, **key, known=row[0], stands=stands)


def _names(user: UserId) -> dict[str, str | int]:
    """Return how rows name a user."""
    doer = f"user:{user}"
    return {"user": user, "doer": doer, "end": doer + _BEHIND, "rest": len(doer) + 1}


def _windows(span: Sequence[Any] | None) -> Iterator[int]:
    """Yield where each part of a stream begins that is looked through at a time."""
    if span is not None and span[0] is not None:
        yield from range(span[0], span[1] + 1, _WINDOW)
