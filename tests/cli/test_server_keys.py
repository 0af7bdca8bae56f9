"""`liveroom tenants key` and `liveroom audit`: a key is shown once, listed, revoked; its uses are shown."""

import re

import pytest

from liveroom.app.assembly import Core
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from tests.operator import Operator


@pytest.fixture
def operator(operator: Operator) -> Operator:
    """Return an operator with a second tenant."""
    operator.run("migrate")
    operator.run("tenants", "add", "shop")
    return operator


def make_key(operator: Operator, *words: str) -> tuple[str, str]:
    """Return a key as it was shown, and its id."""
    shown = operator.run("tenants", "key", "add", "--name", "backend", *words)
    found = re.fullmatch(r"(lrk_([0-9a-f]{16})_[\w-]{43})\n", shown)
    assert found, shown
    return found[1], found[2]


def test_a_key_is_shown_once_and_alone_so_that_a_script_can_take_it(operator: Operator) -> None:
    text, id = make_key(operator, "--tenant", "shop", "--scope", "act:rooms", "--scope", "admin:*", "--expires", "90d")
    listed = operator.run("tenants", "key", "list", "--tenant", "shop")
    assert id in listed
    assert "act:rooms" in listed
    assert "until" in listed
    assert text[-43:] not in listed
    assert id not in operator.run("tenants", "key", "list")


def test_without_scopes_there_is_no_key_but_a_sentence_that_lists_them(operator: Operator) -> None:
    said = operator.run("tenants", "key", "add", "--name", "backend", status=2)
    for scope in ("act:rooms", "act:*", "admin:rooms", "admin:*"):
        assert scope in said
    assert "act:roms" in operator.run("tenants", "key", "add", "--name", "x", "--scope", "act:roms", status=2)
    assert "soon" in operator.run("tenants", "key", "add", "--name", "x", "--scope", "*", "--expires", "soon", status=2)
    assert "no tenant" in operator.run(
        "tenants", "key", "add", "--name", "x", "--scope", "*", "--tenant", "y", status=2
    )


def test_a_revoked_key_counts_no_more_and_stays_on_the_list(operator: Operator) -> None:
    _, id = make_key(operator, "--scope", "*")
    assert operator.row(id, "tenants", "key", "list")[4] == "valid"
    assert operator.run("tenants", "key", "revoke", id) == f"key {id} (backend) is revoked\n"
    assert operator.row(id, "tenants", "key", "list")[4].startswith("revoked")
    assert operator.run("tenants", "key", "revoke", id) == f"key {id} (backend) is revoked\n"
    assert "no server key x" in operator.run("tenants", "key", "revoke", "x", status=2)


def test_the_audit_shows_what_was_done_newest_first_a_line_each(operator: Operator) -> None:
    async def use(core: Core) -> None:
        audit = core.services.audit
        done = await audit.note(
            DEFAULT_TENANT, "key:one", "base/v1/rooms/close", "room:7", address="192.0.2.7", request="r-1"
        )
        audit.answered(done, 3000)
        await audit.flush()
        shop = core.services.tenants.find("shop")
        assert shop is not None
        await audit.note(shop.name, "key:two", "evil\x1b[2J", address="::1")

    operator.within(use)
    newest, oldest, made = operator.run("audit").splitlines()
    assert "  tenants add  tenant:shop  0  " in made
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d [\d:]{8}  default  key:one  base/v1/rooms/close  room:7  3000  192\.0\.2\.7  r-1", oldest
    )
    assert newest.split("  ")[1:] == ["shop", "key:two", "evil\N{REPLACEMENT CHARACTER}[2J", "-", "-", "::1", "-"]
    assert operator.run("audit", "--tenant", "shop").splitlines() == [newest, made]
    assert operator.run("audit", "--key", "one").splitlines() == [oldest]
    assert operator.run("audit", "--key", "one", "--tenant", "shop") == ""
    assert operator.run("audit", "--limit", "1").splitlines() == [newest]
    assert operator.run("audit", "--since", "1h").splitlines() == [newest, oldest, made]
    assert "soon" in operator.run("audit", "--since", "soon", status=2)


def test_the_audit_shows_what_moderators_did_in_a_room_and_why(operator: Operator) -> None:
    async def prepare(core: Core) -> None:
        audit = core.services.audit
        rows = [
            audit.entry(
                DEFAULT_TENANT,
                UserId("1"),
                "base/v1/moderation/ban",
                target=UserId("2"),
                room=RoomId(room),
                reason="刷屏",
            )
            for room in "98"
        ]
        await core.db.audit.add(rows)

    operator.within(prepare)
    (line,) = operator.run("audit", "--room", "9").splitlines()
    assert line.split("  ")[1:] == [
        "default", "user:1", "base/v1/moderation/ban", "user:2 room:9", "0", "-", "-", "刷屏",
    ]  # fmt: skip
    assert operator.run("audit", "--room", "9", "--tenant", "default").splitlines() == [line]
    assert operator.run("audit", "--room", "7") == ""
    assert operator.run("audit", "--room", "9", "--key", "one") == ""
