"""`liveroom import` as an operator gives it: what it prints, what it refuses, and what `serve` says before it."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from tests.operator import Operator
from tests.original.database import OLD_SECRET
from tests.original.sample import Sample
from tests.servers import Mariadb
from tests.service import SECRET, Process, process

pytestmark = pytest.mark.services


def cells(printed: str, name: str) -> list[str]:
    (line,) = [line for line in printed.splitlines() if line.startswith(f"{name} ")]
    return re.split(" {2,}", line)


def test_it_says_what_it_did_and_that_old_tokens_go_on(newcomer: Operator, sample: Sample) -> None:
    newcomer.settle(JWT_SECRET=OLD_SECRET)
    said = newcomer.run("import", sample.original.url)
    people = cells(said, "users")
    assert people[1] == people[2] != "0"
    assert cells(said, "usernames")[-1] == "5"
    assert "lead to a user to whom another name leads too" in said
    assert f"{sample.rivals[0]} (xiaozhibo) → {sample.user(sample.rivals[0])}" in said
    assert "keep working" in said
    again = newcomer.run("import", sample.original.url)
    assert cells(again, "users")[2:5] == ["0", "0", people[1]]


def test_a_dry_run_writes_nothing(newcomer: Operator, sample: Sample, tmp_path: Path) -> None:
    newcomer.settle(JWT_SECRET=OLD_SECRET)
    said = newcomer.run("import", "--dry-run", sample.original.url)
    assert said.rstrip().endswith("Nothing was written.")
    assert not (tmp_path / "data").exists()


def test_salts_are_sealed_with_a_key_of_our_own_where_only_the_original_s_secret_is_given(
    newcomer: Operator, sample: Sample, tmp_path: Path
) -> None:
    newcomer.settle(JWT_SECRET=OLD_SECRET)
    newcomer.run("import", sample.original.url)
    assert (tmp_path / "data" / "liveroom.key").exists()
    assert "keep working" in newcomer.run("import", sample.original.url)


def test_without_the_original_s_secret_it_asks(newcomer: Operator, sample: Sample) -> None:
    said = newcomer.run("import", sample.original.url, status=2)
    assert "JWT_SECRET" in said
    assert "--force" in said
    newcomer.settle(JWT_SECRET="default")
    assert "default" in newcomer.run("import", sample.original.url, status=2)


@pytest.mark.parametrize("secret", ["", "default"])
def test_forced_it_goes_on_and_says_that_old_tokens_do_not(newcomer: Operator, sample: Sample, secret: str) -> None:
    newcomer.settle(JWT_SECRET=secret)
    said = newcomer.run("import", "--force", sample.original.url)
    assert "everybody signs in again" in said


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "name the original's database"),
        ("sqlite:///somewhere.db", "mysql://user:password@host:port/database"),
        ("mysql://root@127.0.0.1:3306", "mysql://user:password@host:port/database"),
        ("mysql://root:hunter2@127.0.0.1:1/live_room", "does not answer"),
        ("nonsense", "mysql://user:password@host:port/database"),
    ],
)
def test_an_address_that_is_none_is_refused_in_a_sentence(newcomer: Operator, url: str, said: str) -> None:
    newcomer.settle(JWT_SECRET=OLD_SECRET)
    output = newcomer.run("import", *([url] if url else []), status=2)
    assert said in output
    assert "hunter2" not in output
    assert len(output.splitlines()) == 1


def test_a_database_that_is_not_the_original_s_is_refused(newcomer: Operator, mariadb: Mariadb) -> None:
    newcomer.settle(JWT_SECRET=OLD_SECRET)
    said = newcomer.run("import", mariadb.create_database("nothing"), status=2)
    assert "no table users, user_salts, rooms, users_in_room" in said


def test_in_one_database_others_name_the_command_and_the_command_needs_no_address(
    newcomer: Operator, sample: Sample
) -> None:
    newcomer.settle(LIVEROOM_DATABASE_URL=sample.original.url, LIVEROOM_SECRET=SECRET, JWT_SECRET=OLD_SECRET)
    asked = "run `liveroom import` to take its users and rooms over"
    assert asked in newcomer.run("users", "list", status=2)
    newcomer.run("import", "--dry-run")
    assert asked in newcomer.run("users", "list", status=2)
    assert cells(newcomer.run("import"), "users")[2] != "0"
    assert "the schema is up to date" in newcomer.run("migrate")


async def test_after_that_serve_starts_and_everybody_comes_in(sample: Sample, tmp_path: Path) -> None:
    given = {"database_url": sample.original.url, "secret": f"new:{SECRET},old:{OLD_SECRET}"}
    environ = {f"LIVEROOM_{name.upper()}": text for name, text in given.items()}
    await _import(tmp_path, environ)
    async with process(tmp_path / "data", **given) as service:
        await _sign_in(service, sample)


async def _import(folder: Path, environ: dict[str, str]) -> None:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "liveroom", "import"), cwd=folder, env={"PATH": "", **environ}
    )
    assert await child.wait() == 0


async def _sign_in(service: Process, sample: Sample) -> None:
    for login in sample.undisputed[:5]:
        signed = service.sign(login.name, login.salt, tag=login.tag)
        assert (await service.call("oauth/signature", signed)).data["userId"] == login.user
