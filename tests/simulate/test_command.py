"""`liveroom simulate` as a developer runs it: with the service beside it, by the page of the documentation."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from liveroom.clock import SystemClock
from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.tenants.model import Tenant
from liveroom.providers.outgoing import Outgoing
from liveroom.providers.tencent.cloud import TIMEOUT
from liveroom.providers.tencent.im import TencentIm
from liveroom.settings.simulated import ADMINISTRATOR, SDK_APP_ID, SDK_SECRET
from liveroom.simulate.callbacks import Mishap
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.scripts import read_script, run_script
from liveroom.simulate.steps import AnyStep
from tests.docs.pages import ROOT, blocks, differences, examples
from tests.operator import Operator
from tests.servers import LOOPBACK, free_ports
from tests.service import Caller
from tests.simulate.conftest import Controlled
from tests.store.sql.samples import HOME

PAGE = (ROOT / "docs/simulate.md").read_text(encoding="utf-8")
STOPPED_WITHIN = 20.0


@dataclass
class Running:
    """A service and its simulator, in processes of their own."""

    process: asyncio.subprocess.Process
    output: Path
    service: Caller
    simulator: httpx.AsyncClient

    async def journal(self) -> list[dict[str, Any]]:
        return list((await self.simulator.get("/control")).json()["journal"])

    async def until(self, is_so: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Wait until the journal is so."""
        number = 0
        async with asyncio.timeout(30):
            while not is_so(await self.journal()):
                asked = {"since": number, "wait": 5}
                number = (await self.simulator.get("/control", params=asked, timeout=10)).json()["number"]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Running]:
    """Run `liveroom simulate --run` on free ports until the block ends."""
    port, listen = free_ports(2)
    argv = [sys.executable, "-m", "liveroom", "simulate", "--run", "--listen", str(listen), "--port", str(port)]
    environ = {"PATH": os.environ["PATH"], "LIVEROOM_LANGUAGE": "en"}
    output = folder / "output"
    with output.open("wb") as out:
        process = await asyncio.create_subprocess_exec(*argv, cwd=folder, env=environ, stdout=out, stderr=out)
    async with (
        httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", trust_env=False) as service,
        httpx.AsyncClient(base_url=f"http://{LOOPBACK}:{listen}", trust_env=False) as simulator,
    ):
        try:
            async with asyncio.timeout(60):
                for client, path in ((simulator, "/control"), (service, "/base/v1/gslb")):
                    while not await answers(client, path):
                        await asyncio.wait({asyncio.ensure_future(asyncio.Event().wait())}, timeout=0.1)
                        assert process.returncode is None, output.read_text()
            yield Running(process, output, Caller(service, SystemClock()), simulator)
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def answers(client: httpx.AsyncClient, path: str) -> bool:
    try:
        return (await client.get(path)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


async def test_the_service_beside_it_works_with_it_and_both_end_together(tmp_path: Path) -> None:
    async with running(tmp_path) as both:
        host = await both.service.sign_up()
        room = await host.go_live(title="Karaoke")
        await both.until(lambda journal: any(one["name"] == "create_group" for one in journal))
        await asyncio.to_thread(the_page_is_true, both)
        for given in (
            {"do": "trtc.enter", "room": room, "user": host.user, "role": "anchor"},
            {"do": "im.join", "room": room, "user": host.user},
        ):
            assert (await both.simulator.post("/control", json=given)).status_code == 200
        await both.until(lambda journal: {"101", "103", "Group.CallbackOnMemberStateChange"} <= taken(journal))
        solved = (await both.simulator.post("/control", json={"do": "captcha.solve"})).json()
        asked = await both.service.call("auth_users/user_verify_by_picture", {**solved, "phone": "8613800000000"})
        (text,) = (await both.simulator.get("/control")).json()["sms"]
        proof = {"sessionId": asked.data["sessionId"], "phone": "8613800000000", "code": text["texts"][0]}
        assert (await both.service.call("auth_users/user_login_code", proof)).code == 0
        both.process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(both.process.wait(), STOPPED_WITHIN) == 0
        assert not await answers(both.service.http, "/base/v1/gslb")
        said = both.output.read_text()
        assert SDK_SECRET in said
        assert f"Tencent: simulated at {str(both.simulator.base_url).rstrip('/')}" in said


def taken(journal: list[dict[str, Any]]) -> set[str]:
    """Return the callbacks that the service has taken."""
    return {one["name"] for one in journal if one["kind"] == "callback" and one["status"] == 200}


def the_page_is_true(both: Running) -> None:
    """Run the examples of docs/simulate.md in one shell."""
    found = examples(PAGE)
    script = "set -eu\n" + "".join(f"echo '=== example'\n{example.code.text}" for example in found)
    script = script.replace("http://127.0.0.1:9009", str(both.simulator.base_url))
    done = subprocess.run(["bash"], input=script, capture_output=True, text=True, check=True)
    printed = done.stdout.split("=== example\n")[1:]
    assert len(printed) == len(found)
    for example, text in zip(found, printed, strict=True):
        assert example.shown is not None
        assert differences(example.shown, text) == []


async def test_the_script_of_the_page_runs_as_it_says(sim: Controlled, tmp_path: Path) -> None:
    (text,) = [block.text for block in blocks(PAGE) if block.kind == "toml"]
    (tmp_path / "outage.toml").write_text(text, encoding="utf-8")
    running = asyncio.ensure_future(run_script(sim.simulator, read_script(tmp_path / "outage.toml")))
    im = TencentIm(
        Outgoing("IM", timeout=TIMEOUT), sim.clock, administrator=ADMINISTRATOR, origin=sim.simulator.im.endpoint.url
    )
    tenant, room = Tenant(HOME, SDK_APP_ID, SDK_SECRET), RoomId("700")
    await im.add_account(tenant, UserId("700"), Profile("Ann", ""))
    await im.make_group(tenant, room, UserId("700"), "Karaoke")
    assert await sim.simulator.journal.find("102", 0, 10), "the last who leaves ends the media room"
    await im.dissolve_group(tenant, room)
    await asyncio.wait_for(running, 10)
    await im.hang_up()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--port", "9100"], "options of the service need --run"),
        (["--run", "--host", "0.0.0.0"], "listen on 127.0.0.1 or a private address"),  # noqa: S104 - refused
        (["--run", "--https", "--host", "127.0.0.1"], "needs plain HTTP"),
        (["--script", "none.toml"], "none.toml cannot be read"),
    ],
)
def test_what_cannot_be_run_is_said_in_a_sentence(newcomer: Operator, words: list[str], reason: str) -> None:
    assert reason in newcomer.run("simulate", "--listen", "0", *words, status=2)


def test_make_runs_both() -> None:
    argv = ["make", "-n", "-o", ".venv/run.stamp", "run", "SIMULATE=1", "ARGS=--port 9100"]
    said = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "liveroom simulate --run  --port 9100" in said


def test_a_script_that_fails_ends_the_simulator(newcomer: Operator, tmp_path: Path) -> None:
    script = tmp_path / "outage.toml"
    script.write_text('[[steps]]\ndo = "clear"\n\n[[steps]]\nwhen = "create_group"\nwithin = 0.05\n', encoding="utf-8")
    said = newcomer.run("simulate", "--listen", "0", "--script", str(script), status=2)
    assert said == "step 2: create_group did not come within 0.05 s\n"


def test_the_service_refuses_the_simulator_where_people_are_served(newcomer: Operator) -> None:
    newcomer.settle(LIVEROOM_SECRET="simulate-0123456789-abcdefghijklmnopq", LIVEROOM_DATABASE_URL="mysql://u:p@h/d")
    said = newcomer.run("serve", "--simulator", "http://127.0.0.1:9009", "--host", "0.0.0.0", status=2)  # noqa: S104
    assert "with MySQL, set Tencent's own keys" in said
    assert "private address instead of 0.0.0.0" in said


def test_the_page_lists_every_step_and_every_fault() -> None:
    tags = {str(step.__struct_config__.tag) for step in get_args(AnyStep)}
    assert [tag for tag in tags if f"`{tag}`" not in PAGE] == []
    words = {one.value for kind in (Mood, Mishap) for one in kind} - {Mood.WELL.value}
    assert [word for word in words if f'"{word}"' not in PAGE] == []
