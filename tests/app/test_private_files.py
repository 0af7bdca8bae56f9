"""Who may read what a service keeps on a disk: its owner."""

import stat
from pathlib import Path

import pytest

from tests.service import serving


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("former", [None, 0o644])
async def test_the_data_folder_and_the_database_are_their_owners_alone(tmp_path: Path, former: int | None) -> None:
    folder = tmp_path / "deep" / "data"
    if former is not None:
        async with serving(folder, anew=True):
            pass
        (folder / "liveroom.db").chmod(former)
    async with serving(folder, anew=True) as service:
        await service.sign_up()
        found = {path.name: mode(path) for path in folder.iterdir() if path.name.startswith("liveroom.db")}
        assert mode(folder) == 0o700
        assert set(found.values()) == {0o600}, found
