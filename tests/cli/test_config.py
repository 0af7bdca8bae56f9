"""The command line: settings shown, checked and written, tickets made, and the banner."""

import io
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from liveroom import cli
from liveroom.cli.banner import print_banner
from liveroom.settings import Settings, load_settings
from liveroom.settings.checks import weakness
from liveroom.settings.values import parse_secret


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run each command in a folder without .env; the environment of the tests gives no settings."""
    monkeypatch.chdir(tmp_path)


def run(*words: str, monkeypatch: pytest.MonkeyPatch, **environ: str) -> int:
    """Run the command in this process and return its exit status."""
    for name, text in environ.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    return int(ended.value.code or 0)


Captured = pytest.CaptureFixture[str]


def test_show_tells_value_and_source_without_secrets(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert (
        run("config", "show", monkeypatch=monkeypatch, LIVEROOM_PORT="7", LIVEROOM_INTERNAL_KEY="hunter2-0123456789")
        == 0
    )
    out = capsys.readouterr().out
    assert "port = 7  (environment LIVEROOM_PORT)" in out
    assert "host = 127.0.0.1  (default)" in out
    assert "internal_key = ********" in out
    assert "hunter2" not in out


def test_settings_that_cannot_work_end_in_sentences_and_status_two(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run("config", "check", monkeypatch=monkeypatch, LIVEROOM_PROT="7", LIVEROOM_METRICS="x") == 2
    shown = capsys.readouterr()
    assert len(shown.err.splitlines()) == 2
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_check_says_that_good_settings_are_good(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert run("config", "check", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out == "The settings are valid.\n"


def test_the_printed_env_file_can_be_used(monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path) -> None:
    assert run("config", "env", monkeypatch=monkeypatch) == 0
    (tmp_path / ".env").write_text(capsys.readouterr().out, encoding="utf-8")
    assert load_settings(environ={}).port == 9000


def test_a_printed_secret_is_strong_and_never_the_same(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    found = set()
    for _ in range(2):
        assert run("config", "secret", monkeypatch=monkeypatch) == 0
        found.add(capsys.readouterr().out.strip())
    assert len(found) == 2
    assert not any(weakness(secret) or ":" in secret or "," in secret for secret in found)


def test_a_ticket_is_made_and_taken_apart(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    app = {"TRTC_TIM_APPID": "1400000000", "TRTC_TIM_SECRET": "key"}
    assert run("usersig", "40000001", "--ttl", "2h", monkeypatch=monkeypatch, **app) == 0
    ticket = capsys.readouterr().out.strip()
    assert run("usersig", "--decode", ticket, monkeypatch=monkeypatch, **app) == 0
    out = capsys.readouterr().out
    assert '"TLS.identifier": "40000001"' in out
    assert '"TLS.expire": 7200' in out
    assert '"expired": false' in out
    assert '"signed with our secret": true' in out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["40000001"], "LIVEROOM_TRTC_SECRET are not set"),
        ([], "Name a user"),
        (["--decode", "rubbish"], "This is no UserSig"),
        (["--decode", "eJyrrgUAAXUA-Q__"], "This is no UserSig"),
    ],
)
def test_a_ticket_that_cannot_be_made_or_read_ends_in_a_sentence(
    words: list[str], reason: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert run("usersig", *words, monkeypatch=monkeypatch) == 2
    assert reason in capsys.readouterr().err


def test_a_ttl_that_is_none_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    app = {"TRTC_TIM_APPID": "1400000000", "TRTC_TIM_SECRET": "key"}
    assert run("usersig", "u", "--ttl", "soon", monkeypatch=monkeypatch, **app) == 2
    assert "--ttl must be a time such as 90s" in capsys.readouterr().err


def test_the_version_is_told(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    assert run("--version", monkeypatch=monkeypatch) == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_help_names_every_command_and_imports_none() -> None:
    """Help is what people wait for: a command's own imports (servers, databases) are not theirs to wait for."""
    program = (
        "import sys, liveroom.cli as cli\n"
        "cli.make_app()(['--help'], result_action='return_value')\n"
        "print('loaded', [n for n in sys.modules if n.startswith('liveroom.') and n != 'liveroom.cli'])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert all(command.name in done.stdout for command in cli.COMMANDS)
    assert "loaded []" in done.stdout


def test_the_help_of_serve_imports_nothing_of_the_service() -> None:
    """It took 1.4 s: the command's file imported everything that serving needs."""
    program = (
        "import sys, liveroom.cli as cli\n"
        "cli.make_app()(['serve', '--help'], result_action='return_value')\n"
        "print('loaded', [n for n in sys.modules if n.startswith('liveroom.') and n.count('.') == 1])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert "--port" in done.stdout
    assert "loaded ['liveroom.cli']" in done.stdout


def test_the_command_table_names_what_exists() -> None:
    for name in cli.make_app():
        assert cli.make_app()[name] is not None


def banner_text(settings: Settings, *, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=120, color_system=None)
    print_banner(settings, ["http://127.0.0.1:9000"], console)
    return out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_banner_says_where_and_what_is_off_and_how_to_switch_it_on(*, terminal: bool) -> None:
    text = banner_text(Settings(modules=("all", "-gifts")), terminal=terminal)
    for expected in ("http://127.0.0.1:9000", "liveroom-data", "sqlite:///", "memory of this process"):
        assert expected in text
    for remedy in ("LIVEROOM_REDIS_URL", "LIVEROOM_TRTC_SDK_APP_ID", "LIVEROOM_INTERNAL_KEY", "-gifts from"):
        assert remedy in text


def test_the_banner_hides_passwords_and_does_not_call_off_what_is_on() -> None:
    settings = Settings(
        database_url="mysql://u:hunter2@h/d",
        redis_url="redis://:hunter2@h",
        trtc_sdk_app_id=7,
        trtc_secret=parse_secret("hunter2"),
        tim_administrator="admin",
        internal_key=parse_secret("hunter2"),
        token_ttl=timedelta(days=1),
        https=True,
    )
    text = banner_text(settings, terminal=False)
    assert "hunter2" not in text
    assert {line for line in text.splitlines() if "off:" in line and not line.startswith("live page")} == set()
    assert "TRTC: signs users in for SDKAppID 7" in text
