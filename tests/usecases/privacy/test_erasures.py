"""Erasing deleted users, table by table: what was theirs goes, what others made stays, whatever breaks it off."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Integer, SmallInteger, String, Table, insert, select

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import UserId, new_id
from liveroom.domain.privacy.erasures import PREFIX, ROUNDS
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.tables import metadata
from liveroom.usecases.privacy.erasures import AT_ONCE, CLAIM, DeletedUsers
from tests import migrated
from tests.servers import Mariadb
from tests.service import Device, Service, serving
from tests.store.sql.privacy.erasure_policies import ErasurePolicy, policies

MARK: Final = "Zyxwvut"
"""Stands in every text of the user's rows that can hold it."""
OTHER: Final = "49999999"
_CLOSED: Final = {"state": "closed", "access": "public", "seat_mode": "apply"}
_LINKS: Final = json.dumps([[MARK, MARK]])
_ACHIEVED: Final = json.dumps({"name": MARK})
_PASS: Final = ROUNDS[-1] + timedelta(minutes=1)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Yield a service on each database, for what is said to them."""
    if request.param == "sqlite":
        async with serving(tmp_path) as running:
            yield running
        return
    mariadb: Mariadb = request.getfixturevalue("mariadb")
    async with serving(tmp_path, database_url=migrated.mariadb_url(mariadb)) as running:
        yield running


async def delete(service: Service, user: str) -> None:
    await service.core.moderation.delete(UserId(user))


async def erase(service: Service) -> None:
    """Let all rounds pass."""
    eraser, clock = service.core.jobs.deleted_users, service.clock
    for _ in ROUNDS:
        await eraser.erase()
        clock.advance(_PASS)
    await eraser.erase()


async def rows_of(service: Service, table: Table) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    rows = await service.core.db.engine.rows(statement(select(table)))
    return [dict(zip(names, row, strict=True)) for row in rows]


async def write(service: Service, name: str, **values: Any) -> None:
    """Write a row; a text that is not given is the mark, a number 1."""
    table = metadata.tables[f"lr_{name}"]
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in values:
            row[column.name] = values[column.name]
        elif column.nullable and column.server_default is None:
            row[column.name] = None
        elif isinstance(column.type, String):
            row[column.name] = MARK[: column.type.length]
        elif isinstance(column.type, Integer | SmallInteger):
            row[column.name] = 1
    await service.core.db.engine.run(statement(insert(table)), **row)


def _body(user: str) -> str:
    return json.dumps({"userId": user, "name": MARK, "avatar": MARK}, separators=(",", ":"))


async def write_everywhere(service: Service, user: str) -> None:
    """Write a row about the user into each table that may name one, with the mark wherever it may stand."""
    n, room = service.clock.now(), f"r{user}"
    ended = int(n.timestamp() * 1000)
    rows: list[tuple[str, Mapping[str, Any]]] = [
        ("credentials", {"tenant": "", "user_id": user}),
        ("contacts", {"tenant": "", "user_id": user}),
        ("own_users", {"tenant": "", "user_id": user}),
        ("imported", {"kind": "user", "id": user}),
        ("imported", {"kind": "room", "id": room}),
        ("sessions", {"id": new_id(n), "user_id": user, "tenant": "", "ended": ended}),
        ("bindings", {"tenant": "", "user_id": user}),
        ("rooms", {"id": room, "tenant": "", "holder": user, "owner": user, **_CLOSED}),
        ("metadata", {"room": room, "value": json.dumps({"by": MARK})}),
        ("broadcasts", {"id": MARK, "room": room, "tenant": "", "owner": user, "closed": ended}),
        (
            "stays",
            {"broadcast": MARK, "room": room, "user_id": user, "role": "owner", "entries": _LINKS, "left_at": 2},
        ),
        (
            "messages",
            {"room": room, "number": 1, "user_id": user, "role": "owner", "kind": "text", "recalled_by": user},
        ),
        ("access_records", {"room": room, "user_id": user, "role": ""}),
        ("reports", {"id": "1", "room": room, "target": user, "reporter": OTHER, "message": "1", "reason": "spam"}),
        ("reports", {"id": "2", "room": room, "target": OTHER, "reporter": user, "message": "", "reason": "spam"}),
        ("statements", {"id": "1", "user_id": user, "state": "", "measure": "warn"}),
        ("follows", {"follower": user, "followed": OTHER, "mutual": 0}),
        ("follows", {"follower": OTHER, "followed": user, "mutual": 0}),
        ("follow_counts", {"user_id": user, "slot": 0}),
        ("blocks", {"blocker": user, "blocked": OTHER}),
        ("blocks", {"blocker": OTHER, "blocked": user}),
        ("accounts", {"id": "1", "kind": "wallet", "owner": user, "state": "open"}),
        ("approvals", {"id": "1", "kind": "grant", "target": user, "state": "done"}),
        ("battle_rooms", {"battle": "1", "room": room, "owner": user, "began": 1, "gone": ""}),
        ("minor_refunds", {"id": "1", "user_id": user, "step": "done", "reason": "a minor"}),
        ("agencies", {"id": "1", "owner": user, "state": "open"}),
        ("agency_hosts", {"id": "1", "agency": "1", "host": user, "state": "left"}),
        ("labels", {"id": "1", "user_id": user, "source": "text", "suggestion": "block"}),
        ("notices", {"id": "1", "audience": "user", "subject": user, "done": 1}),
        ("audit", {"id": "1", "actor": f"user:{user}", "subject": f"user:{OTHER} room:{room}", "room": room}),
        ("audit", {"id": "2", "actor": f"user:{OTHER}", "subject": f"user:{user} room:{room}", "room": room}),
        ("audit", {"id": "3", "actor": "key:1", "subject": f"user:{user}", "room": ""}),
        ("audit", {"id": "4", "actor": "key:1", "subject": f"user:{user}9", "room": ""}),
        ("events", {"stream": f"user:{user}", "seq": 1, "kind": "user.updated", "body": _body(user)}),
        ("events", {"stream": f"room:{room}", "seq": 12_000, "kind": "member.entered", "body": _body(user)}),
        ("dead_letters", {"stream": f"room:{room}", "kind": "member.entered", "body": _body(user), "due": None}),
        ("vendor_work", {"vendor": "im", "matter": "room", "subject": room, "achieved": _ACHIEVED}),
        ("vendor_work", {"vendor": "im", "matter": "account", "subject": user, "achieved": _ACHIEVED}),
    ]
    for name, values in rows:
        await write(service, name, **values)


async def marked(service: Service, policy: Mapping[str, ErasurePolicy]) -> dict[str, list[str]]:
    """Return by table the columns that still hold the mark, of those that are to be emptied."""
    found: dict[str, list[str]] = {}
    for name, table in metadata.tables.items():
        for row in await rows_of(service, table):
            found.setdefault(name, []).extend(
                column for column in sorted(policy[name].emptied) if MARK.casefold() in str(row[column]).casefold()
            )
    return {name: columns for name, columns in found.items() if columns}


async def naming(service: Service, names: Collection[str], policy: Mapping[str, ErasurePolicy]) -> Counter[str]:
    """Count how often one of these is named in the columns that get the pseudonym."""
    found = Counter[str]()
    for name, table in metadata.tables.items():
        for row in await rows_of(service, table):
            for column in policy[name].pseudonym:
                found[f"{name}.{column}"] += row[column].removeprefix("user:").split(" ")[0] in names
    return +found


def pseudonyms(rows: Sequence[Mapping[str, Any]]) -> set[str]:
    return {row["user_id"] for row in rows if row["user_id"].startswith(PREFIX)}


async def test_each_column_becomes_what_the_decision_says(either: Service) -> None:
    declared, device = policies(), await either.sign_up()
    await device.call("auth_users/user_update", {"name": MARK, "avatar": MARK, "tag": MARK, "tag2": MARK})
    user = device.user
    await write_everywhere(either, user)
    stood = await marked(either, declared)
    assert set(stood) >= {
        f"lr_{name}" for name in ("users", "rooms", "messages", "reports", "audit", "events", "stays")
    }
    before = await naming(either, {user}, declared)
    assert len(before) == 16, "every column that gets the pseudonym, but of statistics and uploads"
    await delete(either, user)
    await erase(either)
    left = await marked(either, declared)
    assert set(left) <= {"lr_reports", "lr_audit"}, "what is somebody else's in the same tables"
    (made,) = [row for row in await rows_of(either, metadata.tables["lr_reports"]) if row["target"] == OTHER]
    assert (made["words"], made["outcome"], made["note"]) == (MARK, MARK, "")
    actions = {row["id"]: row for row in await rows_of(either, metadata.tables["lr_audit"])}
    assert (actions["1"]["reason"], actions["1"]["address"]) == (MARK, ""), "why somebody else was dealt with is theirs"
    assert [(actions[id]["reason"], actions[id]["address"]) for id in "234"] == [("", MARK), ("", MARK), (MARK, MARK)]
    assert {row["mark"] for row in await rows_of(either, metadata.tables["lr_imported"])} == {-1}, "followed no more"
    assert before == await naming(either, pseudonyms(await rows_of(either, metadata.tables["lr_stays"])), declared)
    assert not await naming(either, {user}, declared)


async def test_what_was_told_in_rooms_of_others_and_of_others_names_them_no_more(either: Service) -> None:
    """Where that stands is known by their rows alone: each kind of these leads to events of its own."""
    user = (await either.sign_up()).user
    about: Mapping[str, Mapping[str, Any]] = {
        "stays": {"user_id": user, "role": "audience", "entries": "[]", "left_at": 2},
        "messages": {"user_id": user, "role": "audience", "kind": "text", "recalled_by": ""},
        "access_records": {"user_id": user, "role": ""},
        "reports": {"target": user, "reporter": OTHER, "message": "", "reason": "spam"},
        "broadcasts": {"owner": user, "closed": 2},
    }
    for name, values in about.items():
        await write(either, name, room=name, **values)
        await write(either, "events", stream=f"room:{name}", seq=1, kind="member.entered", body=_body(user))
    await write(either, "reports", id="2", room="8", target=OTHER, reporter=user, message="", reason="spam")
    filed = json.dumps({"targetId": OTHER, "reporterId": user, "note": MARK}, separators=(",", ":"))
    for stream in ("room:8", f"user:{OTHER}"):
        await write(either, "events", stream=stream, seq=1, kind="report.filed", body=filed)
    await delete(either, user)
    await erase(either)
    told = {row["stream"]: row["body"] for row in await rows_of(either, metadata.tables["lr_events"])}
    assert len(told) == len(about) + 2
    assert [stream for stream, body in told.items() if MARK in body] == []


@pytest.mark.parametrize("missing", ["tag", "address"])
async def test_a_session_that_had_a_tag_or_an_address_alone_has_none_left(service: Service, missing: str) -> None:
    user = (await service.sign_up()).user
    await write(service, "sessions", id="s", user_id=user, tenant="", ended=1, **{missing: ""})
    await delete(service, user)
    await erase(service)
    (row,) = [row for row in await rows_of(service, metadata.tables["lr_sessions"]) if row["id"] == "s"]
    assert (row["tag"], row["address"]) == ("", "")


async def test_one_person_is_one_pseudonym_and_nothing_leads_back(service: Service) -> None:
    device = await service.sign_up()
    await write_everywhere(service, device.user)
    await delete(service, device.user)
    await erase(service)
    stays = await rows_of(service, metadata.tables["lr_stays"])
    messages = await rows_of(service, metadata.tables["lr_messages"])
    actions = {row["id"]: row for row in await rows_of(service, metadata.tables["lr_audit"])}
    pseudonym = stays[0]["user_id"]
    assert pseudonym.startswith(PREFIX)
    assert (messages[0]["user_id"], messages[0]["recalled_by"]) == (pseudonym, pseudonym)
    assert actions["1"]["actor"] == f"user:{pseudonym}"
    assert actions["2"]["subject"] == f"user:{pseudonym} room:r{device.user}"
    assert actions["3"]["subject"] == f"user:{pseudonym}"
    assert await rows_of(service, metadata.tables["lr_erasures"]) == []


async def test_many_rows_are_erased_some_at_a_time_and_by_several_at_once(either: Service) -> None:
    device, number = await either.sign_up(), AT_ONCE * 3 + 7
    for place in range(number):
        await write(
            either,
            "messages",
            room=f"r{place % 5}",
            number=place,
            user_id=device.user,
            role="",
            kind="text",
            body=MARK,
        )
    await delete(either, device.user)
    core = either.core
    hurried = DeletedUsers(core.db, core.live, core.clock, core.recorder, core.services.messages.board)
    assert await hurried.erase(timedelta(0)) == 0, "a batch, and time is up"
    left = [row for row in await rows_of(either, metadata.tables["lr_messages"]) if row["body"]]
    assert len(left) == number - AT_ONCE
    assert await hurried.erase() == 1
    assert [row for row in await rows_of(either, metadata.tables["lr_messages"]) if row["body"]] == []


async def test_what_is_broken_off_at_any_step_is_gone_on_with(service: Service) -> None:
    class Broken(Exception):
        pass

    def break_off() -> None:
        raise Broken

    device = await service.sign_up()
    await write_everywhere(service, device.user)
    await delete(service, device.user)
    eraser, steps = service.core.jobs.deleted_users, 0
    faults.arm("erasure.part", break_off)
    try:
        for _ in range(40):
            try:
                if await eraser.erase():
                    break
            except Broken:
                steps += 1
                assert await eraser.erase() == 0, "it is kept for whoever had it, for a while"
                service.clock.advance(CLAIM)
    finally:
        faults.disarm()
    assert steps >= 8, "one for each kind of rows"
    assert "lr_messages" not in await marked(service, policies())


async def test_a_stay_that_is_journaled_late_is_found_by_a_later_round(service: Service) -> None:
    device = await service.sign_up()
    await delete(service, device.user)
    eraser = service.core.jobs.deleted_users
    assert await eraser.erase() == 1
    await write_everywhere(service, device.user)
    assert await eraser.erase() == 0, "the next round is not due yet"
    service.clock.advance(ROUNDS[1])
    assert await eraser.erase() == 1
    (stay,) = await rows_of(service, metadata.tables["lr_stays"])
    assert (stay["user_id"].startswith(PREFIX), stay["name"]) == (True, "")


async def test_what_runs_under_somebody_else_is_erased_when_it_is_over(service: Service) -> None:
    host, heir = await service.sign_up(), await service.sign_up()
    room = await host.go_live(title=MARK)
    await heir.enter(room, "audience")
    assert (await host.call("rooms/transfer_owner", {"roomId": room, "targetId": heir.user})).code == 0
    await delete(service, host.user)
    await _settle(service)
    await erase(service)
    assert (await heir.detail(room)).data["title"] == MARK, "the show goes on"
    assert len(await rows_of(service, metadata.tables["lr_erasures"])) == 1
    await heir.call("rooms/destroy_room", {"roomId": room})
    await _settle(service)
    await erase(service)
    assert MARK not in str(await rows_of(service, metadata.tables["lr_rooms"]))
    assert MARK not in str(await rows_of(service, metadata.tables["lr_broadcasts"]))
    assert await rows_of(service, metadata.tables["lr_erasures"]) == []


async def test_rooms_that_were_to_come_are_called_off(service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    start = service.clock.now() + timedelta(days=2)
    planned = await host.call("rooms/schedule", {"title": MARK, "startUtc": f"{start:%Y-%m-%d %H:%M:%S}"})
    assert [room["title"] for room in (await guest.call("rooms/scheduled")).data] == [MARK]
    await delete(service, host.user)
    await service.core.jobs.deleted_users.erase()
    assert (await guest.call("rooms/scheduled")).data == []
    assert (await guest.detail(planned.data["roomId"])).code == 2004


async def test_sums_of_a_broadcast_are_what_they_were(service: Service) -> None:
    host, guest, other = [await service.sign_up() for _ in range(3)]
    room = await host.go_live()
    for viewer in (guest, other, guest):
        await viewer.enter(room, "audience")
        await viewer.leave(room)
    await guest.enter(room, "audience")
    await service.core.jobs.backlog.write_all()
    before = await _distinct(service)
    await delete(service, guest.user)
    await service.core.jobs.deleted_users.erase()
    assert await _distinct(service) == before, "also while one of the stays is open"
    await _settle(service)
    await erase(service)
    assert await _distinct(service) == before
    detail = (await host.detail(room)).data
    assert detail["totalJoined"] == 3


async def test_a_deletion_waits_for_none_of_it(service: Service) -> None:
    """It writes a row more, and looks at nothing that may be large."""
    device: Device = await service.sign_up()
    await write_everywhere(service, device.user)
    actor = Actor(UserId(device.user), (await _session(service, device)), service.services.tenants.default)
    await service.services.deletion.delete(actor)
    (erasure,) = await rows_of(service, metadata.tables["lr_erasures"])
    assert (erasure["user_id"], erasure["rounds"]) == (device.user, 0)
    assert (await rows_of(service, metadata.tables["lr_messages"]))[0]["body"] == MARK


async def _session(service: Service, device: Device) -> Any:
    (session,) = await service.core.db.sessions.open_of(UserId(device.user))
    return session


async def _settle(service: Service) -> None:
    """Let the live store say what has become of it."""
    await service.core.jobs.relay.run()
    await service.core.jobs.backlog.write_all()


async def _distinct(service: Service) -> dict[str, int]:
    """Count who was in each broadcast."""
    people: dict[str, set[str]] = {}
    for stay in await rows_of(service, metadata.tables["lr_stays"]):
        people.setdefault(stay["broadcast"], set()).add(stay["user_id"])
    return {broadcast: len(users) for broadcast, users in people.items()}
