"""Every command that changes something is in the audit: who gave it, on whom, why, and how it ended."""

from pathlib import Path
from typing import Any

import pytest

from liveroom.app.assembly import Core
from liveroom.cli import trail
from liveroom.domain.ids import TenantName
from liveroom.domain.moderation.audit import actor_of_command, shown_actor
from tests.operator import Operator

Entry = dict[str, Any]


def newest(operator: Operator) -> Entry:
    entry: Entry = operator.json("audit", "--limit", "1")[0]
    return entry


def test_a_ban_is_in_the_audit_with_its_reason_and_who_gave_it(operator: Operator) -> None:
    """``users ban --reason`` and ``rooms close`` left no trace."""
    user = operator.make_user()
    operator.run("users", "ban", user, "--reason", "spam")
    entry = newest(operator)
    assert (entry["actor"], entry["action"], entry["subject"]) == (trail.actor(), "users ban", f"user:{user}")
    assert (entry["reason"], entry["code"]) == ("spam", 0)
    assert "  users ban  " in operator.run("audit")


def test_a_closed_room_is_in_the_audit_of_the_room(operator: Operator) -> None:
    operator.go_live(operator.make_user())
    (live,) = operator.json("rooms", "list")
    operator.run("rooms", "close", live["room"])
    (entry,) = operator.json("audit", "--room", live["room"])
    assert (entry["action"], entry["subject"], entry["code"]) == ("rooms close", f"room:{live['room']}", 0)


@pytest.mark.parametrize(
    "words",
    [
        *(("users", "ban"), ("users", "unban"), ("users", "allow-no-ts")),
        *(("users", "admin add"), ("users", "admin remove"), ("users", "delete")),
    ],
    ids=" ".join,
)
def test_what_is_done_to_a_user_stands_in_their_tenant(words: tuple[str, str], operator: Operator) -> None:
    operator.run("tenants", "add", "game")
    user = operator.make_user(tenant=TenantName("game"))
    operator.run(words[0], *words[1].split(), user)
    (entry, *_) = operator.json("audit", "--tenant", "game")
    assert (entry["action"], entry["subject"], entry["code"]) == (" ".join(words), f"user:{user}", 0)


def test_what_is_arranged_is_in_the_audit_and_no_secret_is(operator: Operator, tmp_path: Path) -> None:
    hook = operator.json("hooks", "add", "enter", "https://asked.example.com/way?key=hunter2")
    webhook = operator.json("webhooks", "add", "https://told.example.com/hunter2")
    app_key = operator.json("tenants", "app-key", "add", "app")
    secret = operator.json("tenants", "secret", "add", "--tag", "player")
    key = operator.json("tenants", "key", "add", "--name", "backend", "--scope", "act:*")
    user = operator.make_user()
    given = (
        *("tenants add game --sdk-app-id 1400000009 --sdk-secret hunter2", "tenants set game --rooms 3"),
        *(f"hooks rotate {hook['hook']}", f"hooks remove {hook['hook']}"),
        *(f"webhooks {act} {webhook['webhook']}" for act in ("rotate", "off", "on", "replay", "remove")),
        *("tenants require-signature --modules rooms", "tenants require-signature --modules none"),
        *(f"tenants app-key remove {app_key['id']}", f"tenants secret remove {secret['id']}"),
        *(f"tenants key revoke {key['id']}", f"token {user}"),
        *("keys rotate", "keys reseal", f"backup {tmp_path}/b.zip"),
    )
    for line in given:
        operator.run(*line.split())
    entries = operator.json("audit", "--limit", "100")
    actions = [entry["action"] for entry in reversed(entries)]
    assert actions[:5] == ["hooks add", "webhooks add", "tenants app-key add", "tenants secret add", "tenants key add"]
    assert all(line.startswith(action) for line, action in zip(given, actions[5:], strict=True))
    assert {entry["code"] for entry in entries} == {0}
    shown = operator.run("audit", "--limit", "100")
    hidden = ("hunter2", hook["secret"], webhook["secret"], app_key["secret"], secret["secret"], key["key"])
    assert not any(text in shown for text in hidden)


def test_what_was_refused_is_in_the_audit_with_its_code(operator: Operator) -> None:
    operator.run("users", "ban", "7", status=2)
    entry = newest(operator)
    assert (entry["action"], entry["subject"], entry["code"] != 0) == ("users ban", "user:7", True)
    operator.run("rooms", "close", "7", status=2)
    assert newest(operator)["code"] == 98


def test_a_ban_is_shown_with_its_reason_and_its_end(operator: Operator) -> None:
    user = operator.make_user(name="Bob")
    operator.run("users", "ban", user, "--time", "30d", "--reason", "spam")
    shown = operator.json("users", "show", user)
    assert (shown["state"], shown["ban_reason"]) == ("banned", "spam")
    assert shown["banned_until"].endswith("Z")
    text = operator.run("users", "show", user)
    assert "ban reason    spam\n" in text
    operator.run("users", "ban", user)
    assert "banned until  forever\n" in operator.run("users", "show", user)


def test_apps_are_not_shown_who_has_the_operator_s_machines(operator: Operator) -> None:
    assert actor_of_command("root", "host-1") == "cli:root@host-1"
    assert shown_actor("cli:root@host-1") == "cli"
    assert shown_actor("user:7") == "user:7"

    async def work(core: Core) -> int:
        return len(actor_of_command("u" * 100, core.settings.host))

    assert operator.within(work) == 64
