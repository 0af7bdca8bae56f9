"""The operator's commands: users, rooms, tenants, token, tick, migrate; what they print, do, and how they end."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from liveroom.app.assembly import Core
from liveroom.domain.ids import TenantName
from tests.operator import Operator
from tests.servers import Mariadb, Redis
from tests.store.sql.test_schema import REVISIONS

SECRET = "operator-0123456789-abcdefghijklmnopqrs"
MIGRATED: Final = "".join(f"migrated to {revision}\n" for revision in REVISIONS)


@pytest.fixture
def operator(operator: Operator) -> Operator:
    """Return an operator who has set the secret."""
    operator.settle(LIVEROOM_SECRET=SECRET)
    return operator


def test_migrate_says_what_it_did_and_that_there_is_nothing_to_do(newcomer: Operator) -> None:
    assert newcomer.run("migrate") == MIGRATED
    assert newcomer.run("migrate") == "the schema is up to date\n"


def test_users_are_listed_page_by_page_and_shown_with_their_state(operator: Operator) -> None:
    plain, admin, banned, gone = [operator.make_user(name=name) for name in ("小明", "Ann", "Bob", "Cid")]
    assert operator.run("users", "admin", "add", admin) == f"user {admin} is an admin now\n"
    assert operator.run("users", "ban", banned, "--reason", "spam") == f"user {banned} is banned permanently\n"
    assert operator.run("users", "delete", gone) == f"user {gone} is deleted\n"
    for user, state in ((plain, "-"), (admin, "admin"), (banned, "banned")):
        assert operator.row(user, "users", "list")[-1] == state
    assert operator.json("users", "show", gone)["state"] == "deleted"
    assert operator.row(plain, "users", "list", "--limit", "1")[1] == "小明"
    assert operator.row(admin, "users", "list", "--limit", "1", "--after", plain)[1] == "Ann"


def test_a_ban_has_an_end_if_one_is_given_and_can_be_taken_back(operator: Operator) -> None:
    user = operator.make_user()
    assert re.fullmatch(
        rf"user {user} is banned until \d{{4}}-[-\d]+ [:\d]+ UTC\n", operator.run("users", "ban", user, "--time", "30d")
    )
    assert operator.json("users", "show", user)["state"] == "banned"
    assert operator.run("users", "unban", user) == f"user {user} can sign in again\n"
    assert operator.json("users", "show", user)["state"] == ""
    assert "--time" in operator.run("users", "ban", user, "--time", "soon", status=2)


def test_an_admin_is_made_an_ordinary_user_again(operator: Operator) -> None:
    user = operator.make_user()
    operator.run("users", "admin", "add", user)
    assert operator.run("users", "admin", "remove", user) == f"user {user} is an ordinary user now\n"
    assert operator.json("users", "show", user)["state"] == ""


@pytest.mark.parametrize(
    "words",
    [
        ("users", "show", "7"),
        ("users", "ban", "7"),
        ("users", "unban", "7"),
        ("users", "delete", "7"),
        ("users", "admin", "add", "7"),
        ("token", "7"),
        ("rooms", "close", "7"),
        ("users", "list", "--tenant", "7"),
        ("rooms", "list", "--tenant", "7"),
        ("tenants", "set", "7"),
        ("tenants", "set", ""),
        ("tick",),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_said_in_a_sentence_with_status_2(words: tuple[str, ...], operator: Operator) -> None:
    said = operator.run(*words, status=2)
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    assert "7" in said or words[0] in ("tick", "tenants")


@pytest.mark.parametrize(
    "name", ["[/]", "[red]x[/red]", "[link=file:a]", "\\[", "\x1b[2Jx", "a\nb\rc", "\u202egnp.exe"]
)
def test_what_people_wrote_can_neither_break_a_table_nor_command_a_terminal(name: str, operator: Operator) -> None:
    """A name of ``[/]`` ended ``users list`` with a traceback, and escape sequences reached the terminal."""
    user = operator.make_user(name=name, tag=name)
    operator.go_live(user, title=name)
    safe = re.sub("[\x1b\n\r\u202e]", "�", name)
    assert operator.row(user, "users", "list")[1:3] == [safe, safe]
    assert safe in operator.run("rooms", "list")


def test_rooms_are_listed_and_closed(operator: Operator) -> None:
    user = operator.make_user()
    operator.go_live(user, title="唱歌 😀", category="ktv")
    (room,) = re.findall(r"^(\d+)", operator.run("rooms", "list"), re.MULTILINE)
    assert operator.row(room, "rooms", "list")[1:4] == [user, "ktv", "唱歌 😀"]
    assert operator.run("rooms", "close", room) == f"room {room} is closed\n"
    assert room not in operator.run("rooms", "list")
    assert f"no live room {room}" in operator.run("rooms", "close", room, status=2)


def test_a_token_is_of_a_session_of_its_own(operator: Operator) -> None:
    user = operator.make_user()
    tokens = [operator.run("token", user).strip() for _ in range(2)]

    async def look(core: Core) -> list[Any]:
        claims = [core.services.sessions.read(token) for token in tokens]
        return [(one, await core.db.users.with_session(one.user, one.session)) for one in claims]

    (first, found), (second, _) = operator.within(look)
    assert first.user == second.user == user
    assert first.session != second.session
    assert found[1].tag == "operator"
    operator.run("users", "delete", user)
    assert f"no user {user}" in operator.run("token", user, status=2)


def test_a_tenant_is_made_changed_and_listed(operator: Operator) -> None:
    given = ("--sdk-app-id", "1400000009", "--sdk-secret", "hunter2", "--host", "Game.example.com", "--language", "en")
    assert "tenant game is added" in operator.run("tenants", "add", "game", *given, "--users", "10")
    row = ["game", "1400000009", "mesh", "game-…", "en", "game.example.com", "10", "-", "-"]
    assert operator.row("game", "tenants", "list") == row
    assert operator.run("tenants", "set", "game", "--rooms", "5", "--users", "0") == "tenant game is changed\n"
    assert operator.row("game", "tenants", "list") == [*row[:6], "-", "5", "-"]
    operator.run("tenants", "add", "shop", "--plain")
    assert operator.row("shop", "tenants", "list")[3] == "plain"
    assert operator.row("default", "tenants", "list")[3] == "plain"
    assert "hunter2" not in operator.run("tenants", "list")
    user = operator.make_user(tenant=TenantName("game"))
    assert user.startswith("game-")
    assert operator.row(user, "users", "list", "--tenant", "game")
    assert user not in operator.run("users", "list")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "game"), "there is already a tenant 'game'"),
        (("add", "a-b"), "1 to 15"),
        (("add", ""), "already"),
        (("add", "other", "--host", "game.example.com"), "bound to the tenant game"),
        (("set", "nobody", "--rooms", "1"), "no tenant 'nobody'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_tenant_that_cannot_be_is_refused_in_a_sentence(
    words: tuple[str, ...], said: str, operator: Operator
) -> None:
    operator.run("tenants", "add", "game", "--host", "game.example.com")
    assert said in operator.run("tenants", *words, status=2)


@pytest.mark.services
def test_a_tick_does_what_is_due_on_a_shared_live_store(
    operator: Operator, redis_server: Redis, tmp_path: Path
) -> None:
    redis_server.flushall()
    user = operator.make_user()
    operator.go_live(user)
    operator.settle(LIVEROOM_REDIS_URL=redis_server.url)
    with closing(sqlite3.connect(tmp_path / "data" / "liveroom.db", isolation_level=None)) as connection:
        connection.execute("UPDATE lr_outbox SET created = created - 1000")
    did = dict(re.findall(r"(\w+) (\d+)", operator.run("tick")))
    live = ["relayed", "swept", "gathered", "deserted", "settled", "ended", "unplaced", "called_off", "unanswered"]
    live += ["battles", "matched", "envelopes", "streams", "live_covers", "recordings", "activities"]
    kept = [
        "audited",
        "drift_repaired",
        "journaled",
        "purged",
        "erased",
        "files_removed",
        "alerted",
        "at_vendors",
        "told_outside",
    ]
    money = ["folded", "ranked", "reversed", "store_refunds", "minor_lines", "expired_coins", "settled_periods"]
    assert list(did) == [*live, *kept, *money, "counted"]
    assert did["relayed"] == "1", "what was committed a second ago and told by nobody"
    assert dict(re.findall(r"(\w+) (\d+)", operator.run("tick")))["relayed"] == "0"


@pytest.mark.services
def test_the_same_on_mysql_which_is_migrated_by_command(operator: Operator, mariadb: Mariadb) -> None:
    operator.settle(LIVEROOM_DATABASE_URL=mariadb.create_database("operator"))
    assert "run `liveroom migrate`" in operator.run("users", "list", status=2)
    assert operator.run("migrate").startswith(MIGRATED)
    user = operator.make_user(name="小明 😀")
    assert operator.row(user, "users", "list")[1] == "小明 😀"
    operator.run("users", "admin", "add", user)
    assert operator.json("users", "show", user)["state"] == "admin"
    operator.run("tenants", "add", "game", "--host", "game.example.com")
    assert operator.row("game", "tenants", "list")[5] == "game.example.com"
    assert len(operator.run("token", user).split(".")) == 3
    operator.go_live(user, title="唱歌")
    assert "唱歌" in operator.run("rooms", "list")


def test_a_database_that_does_not_answer_is_said_in_a_sentence(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database")
    operator.settle(LIVEROOM_DATABASE_URL=f"sqlite:///{tmp_path}/file")
    said = operator.run("migrate", status=2)
    assert said.startswith("the database does not answer")
    assert "Traceback" not in said


def test_a_tenant_is_given_a_media_provider_that_is_set_up(operator: Operator) -> None:
    said = operator.run("tenants", "add", "shop", "--rtc", "trtc", status=2)
    assert "trtc needs the tenant's own SDKAppID and SecretKey" in said
    operator.run("tenants", "add", "shop", "--rtc", "trtc", "--sdk-app-id", "1400000009", "--sdk-secret", "s" * 64)
    assert re.search(r"shop .*1400000009 .*trtc ", operator.run("tenants", "list"))
    assert "LIVEROOM_LIVEKIT_URL" in operator.run("tenants", "set", "shop", "--rtc", "livekit", status=2)
    operator.settle(
        LIVEROOM_LIVEKIT_URL="wss://live.example.com", LIVEROOM_LIVEKIT_KEY="key", LIVEROOM_LIVEKIT_SECRET="s" * 40
    )
    operator.run("tenants", "set", "shop", "--rtc", "livekit")
    assert re.search(r"shop .*livekit ", operator.run("tenants", "list"))
    operator.run("tenants", "set", "shop", "--rtc", "default")
    assert re.search(r"shop .*mesh ", operator.run("tenants", "list"))
