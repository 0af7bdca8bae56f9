"""The examples of the pages are run, from top to bottom, in one shell against a fresh service, and do what they say."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from liveroom.api.declare import IN_CONSOLE, Who
from liveroom.api.methods import METHODS
from tests.docs.pages import ROOT, Block, blocks, differences, examples, files
from tests.forks.client import Forked, command
from tests.servers import free_ports, wait_until

RUN = (
    "README.md",
    "README.zh-CN.md",
    "docs/guide.md",
    "docs/api-by-example.md",
    "docs/interactive.md",
    "docs/connections.md",
    "docs/streams.md",
    "docs/recordings.md",
    "docs/battles.md",
    "docs/follow.md",
    "docs/reminders.md",
    "docs/wallets.md",
    "docs/receipts.md",
    "docs/protection.md",
    "docs/settlement.md",
    "docs/envelopes.md",
    "docs/activities.md",
    "docs/songs.md",
    "docs/operators-wallet.md",
    "docs/operations.md",
    "docs/socket.md",
    "docs/hooks.md",
    "docs/webhooks.md",
    "docs/event-log.md",
    "docs/own-users.md",
    "docs/server-keys.md",
    "docs/admin.md",
    "docs/moderation.md",
    "docs/personal-data.md",
    "docs/uploads.md",
    "docs/console-socket.md",
    "docs/admin-installation.md",
    "docs/operators.md",
    "docs/statistics.md",
    "docs/gifts.md",
    "docs/your-backend.md",
    "docs/capacity.md",
    "docs/faq.md",
    "docs/xiaozhibo.md",
    "docs/conform.md",
    "docs/capacity.zh-CN.md",
    "docs/faq.zh-CN.md",
    "docs/guide.zh-CN.md",
    "docs/operations.zh-CN.md",
    "docs/xiaozhibo.zh-CN.md",
    "docs/your-backend.zh-CN.md",
    "clients/js/README.md",
    "clients/js-server/README.md",
)
TEST_CODES = "13800000000:246810"
"""The number that the examples sign in with, as docs/api-by-example.md says."""
OPERATORS_SERVER = "examples/operator-server"
"""What a reader of some page has at hand, who reads it in a clone of the repository."""
NOT_RUN = {
    "docs/event-log.md": 1,
    "README.md": 1,
    "README.zh-CN.md": 1,
    "docs/guide.md": 2,
    "docs/guide.zh-CN.md": 2,
    "docs/your-backend.md": 1,
    "docs/your-backend.zh-CN.md": 1,
    "docs/operations.md": 1,
    "docs/operations.zh-CN.md": 1,
    "docs/xiaozhibo.md": 1,
    "docs/xiaozhibo.zh-CN.md": 1,
}
"""How many blocks of a page are only read, each with its reason beside it."""

OWN_SETTINGS = {
    "docs/operators-wallet.md": {
        "LIVEROOM_WALLET": "operator",
        "LIVEROOM_WALLET_URL": "http://127.0.0.1:9100/",
        "LIVEROOM_WALLET_SECRET": "whsec_bGl2ZXJvb20gZXhhbXBsZSBvZiBhIHdhbGxldCE=",
    },
    "docs/streams.md": {
        "LIVEROOM_STREAMS": "nginx_rtmp",
        "LIVEROOM_STREAMS_RTMP_URL": "rtmp://live.example.com",
        "LIVEROOM_STREAMS_HTTP_URL": "https://live.example.com/hls",
        "LIVEROOM_STREAMS_API_URL": "http://127.0.0.1:9",
        "LIVEROOM_STREAMS_CALLBACK_KEY": "callback-key-of-this-page",
        "LIVEROOM_STREAMS_PLAY_KEY": "play-key-of-this-page",
    },
    "docs/songs.md": {"LIVEROOM_MUSIC": "folder", "LIVEROOM_MUSIC_FOLDER": "songs"},
    "docs/recordings.md": {
        "LIVEROOM_RECORDINGS": "server",
        "LIVEROOM_RECORDINGS_URL": "https://live.example.com/recordings",
    },
}
"""What the service of a page has beside what they all have, as the page says."""

_MARK = "=== example "
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    """Return an environment in which `liveroom` is this one, and nothing is set but what the pages say."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    ours = {"LIVEROOM_LOG_FORMAT": "json", "LIVEROOM_TEST_CODES": TEST_CODES}
    money = {"LIVEROOM_GIFTS": "test", "LIVEROOM_EARNINGS_CLEAR": "1s", "LIVEROOM_ENVELOPES": "everyone"}
    return {**kept, **money, "PATH": f"{command().parent}:{Path(sys.executable).parent}:{os.environ['PATH']}", **ours}


@contextmanager
def _service(folder: Path, settings: dict[str, str]) -> Iterator[str]:
    """Run the service as the pages say, in an empty folder; yield its port."""
    log = folder / "log"
    with log.open("w") as out:
        process = Forked(["serve", "--port", "0"], settings, folder, out.fileno())
    try:
        wait_until(lambda: bool(_ADDRESS.search(log.read_text())) or process.poll() is not None, "liveroom serve")
        found = _ADDRESS.search(log.read_text())
        assert found, log.read_text()
        yield found[1]
    finally:
        process.terminate()
        process.wait(timeout=20)


def _printed(name: str, code: list[Block], folder: Path) -> list[str]:
    """Run the blocks in one shell; return what each printed. Port 9100 is that of the reader's own server."""
    own = free_ports(1)[0]
    given = {name: value.replace("9100", str(own)) for name, value in OWN_SETTINGS.get(name, {}).items()}
    environment = {**_environment(), **given}
    with _service(folder, environment) as port:
        script = "set -eu -o pipefail\n" + "".join(f"echo '{_MARK}'\n{block.text}" for block in code)
        script = re.sub(r"\b9100\b", str(own), script.replace("127.0.0.1:9000", f"127.0.0.1:{port}"))
        done = subprocess.run(
            ["bash"],
            input=script,
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=False,
            timeout=240,
        )
    printed = done.stdout.split(f"{_MARK}\n")[1:]
    assert done.returncode == 0, f"the example on line {code[len(printed) - 1].line} failed: {done.stderr}"
    return printed


def _worth_running() -> Iterator[str]:
    """Yield the pages without translations of which every block is that of the original."""
    for name in RUN:
        code, original = ([block.text for block in blocks(_page(page))] for page in (name, name.replace(".zh-CN", "")))
        if ".zh-CN" not in name or code != original:
            yield name


@pytest.mark.parametrize("name", list(_worth_running()))
def test_every_example_does_what_its_page_says(name: str, tmp_path: Path) -> None:
    found = [example for example in examples(_page(name)) if not example.code.why_not_run]
    assert found
    if OPERATORS_SERVER in _page(name):
        shutil.copytree(ROOT / OPERATORS_SERVER, tmp_path / OPERATORS_SERVER)
    if "npm install @liveroom/" in _page(name):
        subprocess.run([sys.executable, ROOT / "web/build.py", "clients"], check=True)
        (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    for file in files(_page(name)):
        (tmp_path / file.name).write_text(file.text, encoding="utf-8")
    wrong = []
    for example, printed in zip(found, _printed(name, [example.code for example in found], tmp_path), strict=True):
        if example.shown is not None:
            wrong += [f"line {example.shown.line}: {what}" for what in differences(example.shown, printed)]
        elif printed.strip():
            wrong.append(f"line {example.code.line}: prints what the page does not show: {printed}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", RUN)
def test_few_examples_are_only_read_and_each_says_why(name: str) -> None:
    assert sum(bool(example.code.why_not_run) for example in examples(_page(name))) == NOT_RUN.get(name, 0)


def test_every_declared_method_has_its_example() -> None:
    page = _page("docs/api-by-example.md")
    code = "".join(example.code.text for name in RUN for example in examples(_page(name)))
    offered = [method for method in METHODS.methods.values() if method.is_offered]
    people = [method for method in offered if method.who is not Who.KEY and method.who not in IN_CONSOLE]
    consoles = [method.path.removeprefix("base/v1/") for method in offered if method.who in IN_CONSOLE]
    named = [method.path.removeprefix("base/v1/") for method in offered if method.who is Who.KEY]
    users = [(f"/{name}", f"call {name} ") for one in people for name in [one.path.removeprefix("base/v1/")]]
    servers = [(f"{name.replace('/', ' ', 1)} '", f"call {name} ") for name in named]
    assert [ways[0] for ways in (*users, *servers) if not any(way in code for way in ways)] == []
    assert [name for name in consoles if f"console {name}" not in code] == []
    absent = [path.removeprefix("base/v1/") for path, method in METHODS.methods.items() if not method.is_offered]
    assert [name for name in absent if f"`{name}`" not in page] == []


def test_both_readmes_make_the_same_calls() -> None:
    calls = [
        [re.findall(r"/(\w+/\w+)", example.code.text) for example in examples(_page(name))]
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert calls[0] == calls[1]
