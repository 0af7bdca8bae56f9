"""`liveroom deploy scf`, through Tencent's SDK, on a stand-in that checks signatures."""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from liveroom.cli.deploy.account import ScfAccount
from liveroom.cli.deploy.deployer import Deployer
from liveroom.cli.deploy.given import read_given
from liveroom.cli.deploy.removing import remove_all
from liveroom.cli.deploy.steps import Deployed, Steps
from liveroom.settings import SettingsError
from liveroom.simulate.endpoint import VendorEndpoint, VendorRequest, VendorResponse
from liveroom.simulate.serving import serving
from tests.cli.scf_standin import BUCKET, REGION, SECRET_ID, SECRET_KEY, VPC, StandInScf

ENV = f"""
TENCENTCLOUD_SECRET_ID={SECRET_ID}
TENCENT_SECRET_KEY={SECRET_KEY}
REGION={REGION}
VPC_ID={VPC[0]}
SUBNET_ID={VPC[1]}
COS_BUCKET={BUCKET}
MYSQL_HOST=10.0.0.5
MYSQL_PASSWORD=a-password-of-mysql
REDIS_HOST=10.0.0.6
TRTC_TIM_APPID=1400000001
TRTC_TIM_SECRET=a-key-of-trtc-0123456789
LIVEROOM_DATA_DIR=/srv/somebody
"""
OURS = """
LIVEROOM_SECRET=a-signing-secret-of-functions-0123456789
LIVEROOM_INTERNAL_KEY=a-timer-s-key-0123456789
"""
SECRETS = (SECRET_KEY, "a-password-of-mysql", "a-key-of-trtc-0123456789", "a-signing-secret", "a-timer-s-key")


@dataclass
class Operator:
    """Somebody with an account and a `.env`, who deploys."""

    folder: Path
    cloud: StandInScf
    told: list[str] = field(default_factory=list)

    @property
    def env_file(self) -> Path:
        return self.folder / ".env"

    def write(self, text: str) -> None:
        url = self.cloud.address
        self.env_file.write_text(f"{text}TENCENTCLOUD_SCF_ENDPOINT={url}\nTENCENTCLOUD_COS_ENDPOINT={url}\n")

    def package(self, content: str) -> Path:
        """Return a package of this content."""
        file = self.folder / "package.zip"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(zipfile.ZipInfo("scf_bootstrap"), content)
        return file

    def steps(self, name: str = "liveroom") -> Steps:
        given = read_given(self.env_file, environ={})
        deployer = Deployer(ScfAccount(given.deployment, pause=no_wait), self.told.append, pause=no_wait)
        return Steps(deployer, given, name, "3.11", self.told.append, pause=no_wait, monotonic=counted())

    async def deploy(self, content: str = "one", name: str = "liveroom") -> Deployed:
        steps = self.steps(name)
        return await asyncio.to_thread(steps.deploy, lambda: self.package(content))

    async def plan(self, content: str = "one") -> str:
        return "\n".join(await asyncio.to_thread(self.steps().plan, self.package(content)))

    async def remove(self, *, is_sure: bool = True) -> None:
        def work() -> None:
            remove_all("liveroom", self.env_file, self.told.append, is_sure=is_sure, is_dry=False, pause=no_wait)

        await asyncio.to_thread(work)

    def took(self) -> list[str]:
        """Return the calls that have changed something since somebody asked."""
        changes = self.cloud.changes
        self.cloud.scf.calls.clear()
        return changes


def no_wait(_: float) -> None:
    """The stand-in is through after some looks, not after some time."""


def counted() -> Callable[[], float]:
    """Return a clock that goes on by ten seconds whenever somebody looks."""
    seconds = iter(range(0, 100_000, 10))
    return lambda: float(next(seconds))


@asynccontextmanager
async def an_operator(folder: Path) -> AsyncIterator[Operator]:
    cloud = StandInScf()
    states = {"/readyz": 200}

    def answer(request: VendorRequest) -> VendorResponse:
        if request.target in states:
            return VendorResponse(b"{}", states[request.target])
        if (action := request.headers.get("x-tc-action", "")) == "":
            return cloud.cos.endpoint.answer(request)
        refused_with = "UnauthorizedOperation" if action == cloud.refused else ""
        return cloud.scf.endpoint.answer(request._replace(refused_with=refused_with))

    endpoint = VendorEndpoint(answer)
    async with serving(endpoint):
        cloud.address = endpoint.url
        operator = Operator(folder, cloud)
        operator.write(ENV + OURS)
        yield operator


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    """Yield somebody whose account has nothing yet."""
    async with an_operator(tmp_path) as one:
        yield one


async def test_one_command_makes_function_address_and_timer(operator: Operator) -> None:
    done = await operator.deploy()
    assert done == (operator.cloud.address, 60)
    assert operator.took() == ["CreateFunction", "CreateTrigger", "CreateFunction", "CreateTrigger"]
    web, timer = operator.cloud.functions["liveroom"], operator.cloud.functions["liveroom-tick"]
    assert (web.said["Type"], web.said["Runtime"], web.said["MemorySize"]) == ("HTTP", "Python3.11", 256)
    given = {one["Key"]: one["Value"] for one in web.said["Environment"]["Variables"]}
    assert given["MYSQL_HOST"] == "10.0.0.5"
    assert not [name for name in given if name.startswith("TENCENT") or name in ("VPC_ID", "LIVEROOM_DATA_DIR")]
    said = {one["Key"]: one["Value"] for one in timer.said["Environment"]["Variables"]}
    assert said == {"TICK_URL": f"{done.url}/internal/tick", "TICK_KEY": "a-timer-s-key-0123456789"}
    assert timer.triggers[0]["TriggerDesc"] == '{"cron": "0 * * * * * *"}'
    assert operator.cloud.cos.objects == {}


async def test_a_second_run_changes_nothing_and_a_third_what_differs(operator: Operator) -> None:
    await operator.deploy()
    operator.took()
    await operator.deploy()
    assert operator.took() == []

    await operator.deploy("two")
    assert operator.took() == ["UpdateFunctionCode"]
    operator.write(ENV.replace("10.0.0.6", "10.0.0.7") + OURS)
    await operator.deploy("two")
    assert operator.took() == ["UpdateFunctionConfiguration"]
    assert "Configuring liveroom: REDIS_HOST" in operator.told


@pytest.mark.parametrize("action", ["UpdateFunctionCode", "CreateTrigger", "CreateFunction"])
async def test_what_an_interrupted_run_left_is_gone_on_with(operator: Operator, action: str) -> None:
    await operator.deploy()
    if action != "UpdateFunctionCode":
        await operator.remove()
    operator.cloud.refused = action
    with pytest.raises(SettingsError, match=f"Tencent refuses {action} with UnauthorizedOperation"):
        await operator.deploy("two")
    operator.cloud.refused = ""
    assert (await operator.deploy("two")).url == operator.cloud.address
    assert sorted(operator.cloud.functions) == ["liveroom", "liveroom-tick"]
    assert [len(one.triggers) for one in operator.cloud.functions.values()] == [1, 1]


async def test_a_function_that_could_not_be_made_is_made_anew(operator: Operator) -> None:
    operator.cloud.fails = {"liveroom"}
    with pytest.raises(SettingsError, match="liveroom is CreateFailed, not Active: no such file"):
        await operator.deploy()
    operator.cloud.fails = set()
    assert "anew, because making it failed" in await operator.plan()
    await operator.deploy()
    assert operator.cloud.functions["liveroom"].status == "Active"


async def test_a_plan_says_what_is_there_and_what_would_be_done_without_a_secret(operator: Operator) -> None:
    before = await operator.plan()
    assert "make     function liveroom: HTTP on Python3.11" in before
    assert operator.took() == []
    await operator.deploy()
    operator.took()
    assert await operator.plan() == (
        "keep     function liveroom\nkeep     address of liveroom\n"
        "keep     function liveroom-tick\nkeep     timer of liveroom-tick\ntimer: every 60 s"
    )
    operator.write(ENV.replace("10.0.0.6", "10.0.0.7") + OURS + "LIVEROOM_GUESTS=off\n")
    changed = await operator.plan("two")
    assert "change   function liveroom: the code, LIVEROOM_GUESTS, REDIS_HOST" in changed
    assert operator.took() == []
    assert not [secret for secret in SECRETS if secret in before + changed]


async def test_secrets_that_the_file_lacks_are_made_once_and_written_to_it(operator: Operator) -> None:
    operator.write(ENV)
    assert "write    LIVEROOM_SECRET to .env" in await operator.plan()
    assert "LIVEROOM_SECRET" not in operator.env_file.read_text()
    first = read_given(operator.env_file, environ={})
    first.keep(operator.env_file)
    again = read_given(operator.env_file, environ={})
    assert again.fresh == {}
    assert again.deployment.environment == first.deployment.environment


async def test_remove_removes_what_it_made_and_nothing_else(operator: Operator) -> None:
    await operator.deploy()
    await operator.deploy(name="another")
    operator.cloud.functions["liveroom-tick"].said["Description"] = "somebody else's"
    await operator.remove()
    assert sorted(operator.cloud.functions) == ["another", "another-tick", "liveroom-tick"]
    await operator.remove()
    assert sorted(operator.cloud.functions) == ["another", "another-tick", "liveroom-tick"]


async def test_nothing_is_removed_where_nobody_can_be_asked(operator: Operator) -> None:
    await operator.deploy()
    with pytest.raises(SettingsError, match="say --yes"):
        await operator.remove(is_sure=False)
    assert len(operator.cloud.functions) == 2


async def test_a_function_of_somebody_else_is_left_alone(operator: Operator) -> None:
    await operator.deploy()
    operator.cloud.functions["liveroom"].said["Description"] = "my own"
    with pytest.raises(SettingsError, match="a function liveroom that `liveroom deploy` has not made"):
        await operator.deploy("two")


async def test_keys_that_are_wrong_are_refused_with_what_to_check(operator: Operator) -> None:
    operator.write((ENV + OURS).replace(SECRET_KEY, "another-key"))
    with pytest.raises(SettingsError, match=r"AuthFailure\.SignatureFailure: check TENCENTCLOUD_SECRET_ID"):
        await operator.deploy()
    assert operator.cloud.functions == {}


@pytest.mark.parametrize(
    ("what", "text", "said"),
    [
        ("quota", "", r"LimitExceeded\.Function: a quota of the account is used up"),
        ("vpc", VPC[0], r"ResourceNotFound\.Vpc: check VPC_ID and SUBNET_ID"),
        ("bucket", BUCKET, r"the bucket other-1250000000 in ap-guangzhou is not there"),
    ],
)
async def test_what_tencent_refuses_is_said_with_what_to_do(
    operator: Operator, what: str, text: str, said: str
) -> None:
    if what == "quota":
        operator.cloud.quota = 0
    else:
        operator.write((ENV + OURS).replace(text, "vpc-other" if what == "vpc" else "other-1250000000"))
    with pytest.raises(SettingsError, match=said):
        await operator.deploy()
    assert operator.cloud.functions == {}


def test_all_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read_given(tmp_path / ".env", environ={})
    said = "\n".join(refused.value.problems)
    for name in ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "VPC_ID", "SUBNET_ID", "COS_BUCKET"):
        assert f"{name} is missing" in said
    assert "set LIVEROOM_DATABASE_URL to a MySQL database" in said
    assert "set LIVEROOM_REDIS_URL" in said
