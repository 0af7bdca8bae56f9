"""What commands print: nothing is cut, columns without a terminal, and JSON from every command that has facts."""

import io
import json
from pathlib import Path

import pytest
from cyclopts import App
from rich.console import Console

from liveroom import cli
from liveroom.cli.output import list_rows, printing, say
from tests.operator import Operator

ID = "k4254f1d09a6be77c"


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_terminal_s_table_cuts_nothing_however_narrow_it_is(width: int) -> None:
    """``keys list`` showed ``k4254…`` at 80 columns, which ``keys drop`` does not accept."""
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=True, color_system=None)
    row = {"key": ID, "from": "LIVEROOM_SECRET", "what_it_does": "is missing: nothing opens what it has sealed"}
    list_rows(("key", "from", "what_it_does"), [row], console=console)
    shown = out.getvalue()
    assert ID in shown
    assert "LIVEROOM_SECRET" in shown
    assert "…" not in shown
    assert all(word in shown for word in ["is", "missing:", "nothing", "opens", "what", "it", "has", "sealed"])


def test_without_a_terminal_there_are_plain_columns_with_a_dash_for_what_is_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    list_rows(
        ("id", "live_since", "name"), [{"id": "1", "name": "小明"}, {"id": "22", "live_since": "now", "name": ""}]
    )
    assert capsys.readouterr().out == "id  live since  name\n1   -           小明\n22  now         -\n"


def test_json_shows_what_a_terminal_would_obey_and_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with printing(as_json=True):
        say("", name="\x1b[2J\u202egnp\x9b小明")
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "\x1b[2J\u202egnp\x9b小明"}
    assert not any(char in out for char in "\x1b\u202e\x9b")
    assert "小明" in out


def test_every_list_is_json_when_asked_for(operator: Operator) -> None:
    user = operator.make_user(name="Ann")
    operator.go_live(user, title="Songs")
    hook = operator.json("hooks", "add", "enter", "https://asked.example.com/")
    webhook = operator.json("webhooks", "add", "https://told.example.com/")
    assert operator.json("users", "list")[0]["name"] == "Ann"
    assert operator.json("rooms", "list")[0]["title"] == "Songs"
    assert operator.json("tenants", "list")[0]["users"] is None
    assert operator.json("hooks", "list")[0]["hook"] == hook["hook"]
    assert operator.json("webhooks", "list")[0]["dead_letters"] == 0
    assert webhook["secret"].startswith("whsec_")
    assert operator.json("keys", "list")[0]["what_it_does"] == "signs and seals"
    assert operator.json("tenants", "app-key", "list") == {"keys": [], "signed": []}
    for words in ("tenants key", "tenants secret", "reports"):
        assert operator.json(*words.split(), "list") == []
    assert [entry["action"] for entry in operator.json("audit")] == ["webhooks add", "hooks add"]


def test_facts_are_json_when_asked_for(operator: Operator, tmp_path: Path) -> None:
    user = operator.make_user()
    assert operator.json("token", user)["token"].count(".") == 2
    assert operator.json("migrate") == {"migrated_to": []}
    assert operator.json("config", "check") == {"modules": [], "problems": []}
    assert {"setting": "port", "value": "9000", "from": "default"}.items() <= next(
        one for one in operator.json("config", "show") if one["setting"] == "port"
    ).items()
    assert {finding["level"] for finding in operator.json("doctor")} <= {"ok", "warn"}
    assert operator.json("backup", str(tmp_path / "b.zip"))["rows"] > 0
    assert operator.json("users", "allow-no-ts", user) == {"user": user, "changed": False}
    banned = operator.json("users", "ban", user, "--reason", "spam")
    assert (banned["user"], banned["ban_reason"]) == (user, "spam")


def test_what_prints_no_facts_says_that_it_has_no_json(newcomer: Operator) -> None:
    assert newcomer.run("serve", "--json", status=2) == "`liveroom serve` has no --json: it prints no data\n"


def test_every_command_s_help_names_json(newcomer: Operator) -> None:
    app = cli.make_app()
    assert isinstance(app, App)
    for words in (("users", "list"), ("rooms", "close"), ("tenants", "key", "add"), ("doctor",)):
        assert "--json" in newcomer.run(*words, "--help")
