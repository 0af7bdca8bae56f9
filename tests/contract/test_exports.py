"""A person's data: everything that names them is in the archive, or on the list of what is left out, with a reason."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Table, select

from liveroom.domain.ids import UserId
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.privacy.exporting import EXPORTED, TIMES, SqlPersonalExport
from liveroom.store.sql.privacy.left_out import LEFT_OUT, NAMED_BESIDE
from liveroom.store.sql.tables import metadata
from tests.contract import story
from tests.contract.conftest import Serving
from tests.contract.evening import Evening, StoppedClock
from tests.docs.pages import ROOT
from tests.service import Answer, Service

HOUR: Final = timedelta(hours=1)
Archive = Mapping[str, Any]
Row = Mapping[str, Any]


async def _download(service: Service, path: str) -> tuple[int, bytes]:
    answer = await service.http.get(f"/{path}")
    return answer.status_code, answer.content


def _read(content: bytes) -> Archive:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "你的数据" in files.pop("README.txt")
    return {name.removesuffix(".json"): json.loads(text) for name, text in files.items()}


async def _archive(service: Service, answer: Answer) -> Archive:
    status, content = await _download(service, answer.data["download"])
    assert status == 200
    return _read(content)


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_every_table_is_in_the_archive_or_left_out_with_a_reason() -> None:
    """Who adds a table decides it in store/sql/privacy/exporting.py."""
    assert sorted([*(rule.table.name for rule in EXPORTED.values()), *LEFT_OUT]) == sorted(metadata.tables)
    assert all([*LEFT_OUT.values(), *NAMED_BESIDE.values()])
    for rule in EXPORTED.values():
        assert {*rule.left_out, *rule.others} <= {column.name for column in rule.table.columns}
        assert all(rule.left_out.values())
    assert {(table, column) for table, column in NAMED_BESIDE if column not in metadata.tables[table].columns} == set()


def test_the_page_about_personal_data_names_each_file() -> None:
    page = (ROOT / "docs/personal-data.md").read_text(encoding="utf-8")
    assert [file for file in EXPORTED if f"`{file}`" not in page] == []


def _naming(row: Mapping[str, Any], user: str) -> Iterator[str]:
    """Yield the columns of a row that name somebody: their id as a word of its own."""
    for column, value in row.items():
        words = "".join(letter if letter.isalnum() or letter in "-_" else " " for letter in str(value)).split()
        if user in words:
            yield column


async def _dump(service: Service, table: Table) -> list[Mapping[str, Any]]:
    names = [column.name for column in table.columns]
    rows = await service.core.db.engine.rows(statement(select(table)))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _is_about(file: str, row: Mapping[str, Any], user: str) -> bool:
    """Say whether a row is one of those that have to be in a file: by the columns, as a reader of the list would."""
    by = {
        "profile": ("id",), "ids": ("id",), "rooms": ("holder", "owner"), "room_metadata": (), "broadcasts": ("owner",),
        "reports_filed": ("reporter",), "audit": ("actor",),
        "notices": (), "statistics": ("subject",), "broadcast_statistics": ("host",),
        "following": ("follower",), "blocks": ("blocker",), "wallet": ("owner",), "battles": ("owner",),
        "activities": ("made_by",), "questions": ("user_id", "answered_by"),
        "wallet_entries": (), "wallet_journals": (), "promo_coins": (), "payouts": (), "charges": (),
        "gifts": (), "account_statements": (), "agencies": ("owner",), "agency_memberships": ("host",),
        "recordings": ("owner", "started_by"),
    }  # fmt: skip
    columns = by.get(file, ("user_id",))
    return any(row[column] in (user, f"user:{user}") for column in columns)


async def test_a_dump_has_nothing_about_somebody_that_the_archive_lacks(embedded: Serving) -> None:
    async with embedded(clock=StoppedClock(), **story.SETTINGS) as service:
        await story.tell(Evening(service))
        await service.tick()
        dump = {name: await _dump(service, table) for name, table in metadata.tables.items()}
        users = [row["id"] for row in dump["lr_users"] if row["deleted"] is None]
        assert len(users) > 2
        for user in users:
            pieces = service.core.services.console.exports.exports.archives.pieces(UserId(user))
            archive = _read(b"".join([piece async for piece in pieces]))
            lacking = [one for name in dump for one in _lacking(name, dump[name], archive, user)]
            assert lacking == []


def _lacking(name: str, dump: Sequence[Row], archive: Archive, user: str) -> Iterator[str]:
    """Yield what names somebody in the rows of a table, is not in the archive, and has no reason not to be."""
    found = {rule.table.name: (file, rule) for file, rule in EXPORTED.items()}.get(name)
    if found is None:
        return
    file, rule = found
    keys = [column.name for column in rule.table.primary_key if column.name not in {*rule.left_out, *TIMES}]
    for row in dump:
        if not (named := set(_naming(row, user))):
            continue
        if _is_about(file, row, user):
            if not any(all(one[key] in (row[key], "") for key in keys) for one in archive[file]):
                yield f"{name}: {row} is not in {file}"
        elif without := {column for column in named if (name, column) not in NAMED_BESIDE}:
            yield f"{name}: {without} of {row}"


async def test_the_archive_names_nobody_else(service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    await guest.call("messages/send", {"roomId": room, "text": "hello"})
    await host.call("moderation/report", {"roomId": room, "targetId": guest.user, "reason": "spam"})
    await service.tick()
    archive = await _archive(service, await guest.call("auth_users/export"))
    assert [message["body"] for message in archive["messages"]] == [{"text": "hello"}]
    assert [stay["role"] for stay in archive["stays"]] == ["audience"]
    rest = {name: rows for name, rows in archive.items() if name not in ("stays", "messages")}
    assert host.user not in json.dumps(rest), "the room that they were in is the host's"
    assert archive["reports_filed"] == []


async def test_many_rows_come_some_at_a_time(service: Service) -> None:
    host = await service.sign_up()
    room = await host.go_live()
    texts = [f"message {number}" for number in range(7)]
    for text in texts:
        await host.call("messages/send", {"roomId": room, "text": text})
    await service.tick()
    export = SqlPersonalExport(service.core.db.engine, page=2)
    pages = [page async for page in export.rows("messages", UserId(host.user))]
    assert len(pages) > 1
    bodies = [json.loads(bytes(message["body"])) for page in pages for message in page]
    assert sorted(body["text"] for body in bodies) == texts


# --- asking for it ----------------------------------------------------------------------------------------------------


async def test_a_link_works_once_and_for_a_day(service: Service) -> None:
    user = await service.sign_up()
    assert (await user.call("auth_users/export_state")).data["state"] == "none"
    first = (await user.call("auth_users/export")).data
    assert (await user.call("auth_users/export_state")).data == {
        name: value for name, value in first.items() if name != "download"
    }
    assert (await service.http.head(f"/{first['download']}")).status_code == 204, "whoever only looks uses nothing up"
    status, content = await _download(service, first["download"])
    assert (status, content[:2]) == (200, b"PK")
    assert (await _download(service, first["download"]))[0] == 404
    assert (await user.call("auth_users/export_state")).data["state"] == "used"
    second = (await user.call("auth_users/export")).data
    service.clock.advance(24 * HOUR)
    assert (await _download(service, second["download"]))[0] == 404
    assert (await _download(service, "exports/none"))[0] == 404
    assert (await _download(service, "exports/" + "x" * 500))[0] == 404


async def test_whoever_asks_has_signed_in_a_moment_ago_and_asks_seldom(service: Service) -> None:
    user = await service.sign_up()
    service.clock.advance(timedelta(minutes=11))
    renewed = await user.call("auth_users/user_login_token")
    assert renewed.code == 0, "another token of the same session is no sign-in"
    assert (await user.call("auth_users/export")).code == 3018
    again = await user.account.sign_in()
    assert [(await again.call("auth_users/export")).code for _ in range(4)] == [0, 0, 0, 3004]


async def test_an_operator_gets_a_link_and_the_audit_says_so(service: Service) -> None:
    user, backend = await service.sign_up(), await service.make_key()
    answer = await backend.call("admin/export_user", {"userId": user.user})
    assert (await _archive(service, answer))["profile"][0]["id"] == user.user
    assert (await backend.call("admin/export_user", {"userId": "1"})).code == 206
    kept = (await backend.call("admin/retention")).data
    assert {one["what"]: one["setting"] for one in kept}["messages"] == "LIVEROOM_MESSAGES_KEEP"
    (entry, *_) = [
        one
        for one in await service.core.db.audit.newest(tenant=None, actor="", since=None, limit=20)
        if one.action == "base/v1/admin/export_user"
    ]
    assert entry.actor.startswith("key:")


async def test_a_deleted_user_has_no_archive_any_more_and_old_links_are_dropped(service: Service) -> None:
    user = await service.sign_up()
    link = (await user.call("auth_users/export")).data["download"]
    await user.call("auth_users/user_delete")
    assert (await _download(service, link))[0] == 404
    service.clock.advance(49 * HOUR)
    await service.core.jobs.purge.run()
    assert await service.core.db.exports.newest(UserId(user.user)) is None
