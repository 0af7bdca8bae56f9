"""A build with ten mistakes, served as operators do: `liveroom conform` names each, with the app and the call."""

import ast
import asyncio
import shutil
import sys
from pathlib import Path
from typing import Final

from tests.contract.ten_breaks import BREAKS
from tests.mutations.defect import ROOT
from tests.service import CODE, TEST_CODES, process

_PACKAGE: Final = ROOT / "src/liveroom"
_APPS_THAT_ASK_A_CODE: Final = 10


def _build(folder: Path) -> None:
    """Copy the package, and make every mistake in the copy."""
    shutil.copytree(_PACKAGE, folder / "liveroom", ignore=shutil.ignore_patterns("pages"))
    for one in BREAKS:
        file = folder / Path(one.file).relative_to("src")
        file.write_text(one.apply(file.read_text("utf-8")), "utf-8")


async def _conform(url: str) -> tuple[int | None, list[str]]:
    """Return how the command ends, and what it says."""
    codes = [f"--code=86139{number:08}:{CODE}" for number in range(_APPS_THAT_ASK_A_CODE)]
    argv = ("-m", "liveroom", "conform", url, "--yes-i-operate-it", "--pace", "1000", *codes)
    pipe = asyncio.subprocess.PIPE
    run = await asyncio.create_subprocess_exec(sys.executable, *argv, stdout=pipe, stderr=pipe)
    said, _ = await run.communicate()
    return run.returncode, said.decode().splitlines()


async def test_of_a_build_with_ten_mistakes_each_is_named(tmp_path: Path) -> None:
    _build(tmp_path / "build")
    limits = {"test_codes": TEST_CODES, "account_limit": 0, "code_address_limit": 0, "language": "en"}
    begin = ("env", f"PYTHONPATH={tmp_path / 'build'}", sys.executable, "-m", "liveroom")
    async with process(tmp_path / "service", begin, **limits) as broken:
        status, said = await _conform(str(broken.http.base_url))
    assert status == 1
    assert [one.name for one in BREAKS if f"- {one.breaks}" not in said] == [], said


def test_each_of_ten_mistakes_is_made_where_the_source_has_it() -> None:
    assert len({one.name for one in BREAKS}) == 10
    for one in BREAKS:
        ast.parse(one.apply((ROOT / one.file).read_text("utf-8")), one.name)
