"""`liveroom backup` and `liveroom restore` as an operator uses them: beside the service, and after a disaster."""

import asyncio
import re
import shutil
from pathlib import Path

from tests.operator import Operator
from tests.service import SECRET, Account, Device, process


async def _begun(data: Path) -> Device:
    """Let a service run from a folder, and stop it; return who has gone live in it."""
    async with process(data, secret="") as service:
        host = await service.sign_up("小明 😀")
        await host.go_live(title="唱歌")
    return host


async def test_a_disaster_costs_nothing_that_was_there_when_the_backup_was_made(
    operator: Operator, tmp_path: Path
) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.zip"
    picture = data / "uploads" / "published" / f"{'a' * 32}.jpg"
    async with process(data, secret="") as service:
        host = await service.sign_up("小明 😀")
        await host.go_live(title="唱歌")
        picture.parent.mkdir(parents=True)
        picture.write_bytes(b"a picture")
        said = await _run(operator, "backup", str(file))
        assert "lr_rooms: 1" in said
        assert "1 uploaded files" in said
    shutil.rmtree(data)
    said = await _run(operator, "restore", str(file))
    assert re.search(r"restored the backup made by release \S+ at 20\d\d-", said)
    assert "lr_users: 1" in said
    assert "restored its keys to liveroom.key in the data folder" in said
    assert "restored 1 uploaded files to the data folder" in said
    assert picture.read_bytes() == b"a picture"
    async with process(data, secret="") as service:
        again = Device(Account(service, host.account.username, host.account.salt), host.user, host.token)
        assert [room["title"] for room in await again.query()] == ["唱歌"]
        assert (await again.account.sign_in()).user == host.user
        assert "a liveroom process serves" in await _run(operator, "restore", str(file), "--force", status=2)


async def _run(operator: Operator, *words: str, status: int = 0) -> str:
    """Run a command beside the loop, as it has one of its own."""
    return await asyncio.to_thread(lambda: operator.run(*words, status=status))


async def test_what_is_in_a_backup_and_what_is_not_is_said(operator: Operator, tmp_path: Path) -> None:
    await _begun(tmp_path / "data")
    said = await _run(operator, "backup", "whole.zip")
    assert "it includes liveroom.key: anyone who has this file can sign in as anybody" in said
    assert str(tmp_path / "whole.zip") in said
    assert "is there already" in await _run(operator, "backup", "whole.zip", status=2)
    said = await _run(operator, "backup", "whole.zip", "--replace", "--without-keys")
    assert "it does not include liveroom.key" in said
    operator.settle(LIVEROOM_SECRET=f"a:{SECRET}")
    said = await _run(operator, "backup", "more.zip")
    assert "it does not include the secrets of LIVEROOM_SECRET; the keys of liveroom.key are" in said
    assert SECRET not in said


async def test_a_restore_that_is_not_to_be_is_refused_in_a_sentence(operator: Operator, tmp_path: Path) -> None:
    await _begun(tmp_path / "data")
    await _run(operator, "backup", "backup.zip", "--without-keys")
    assert "--force" in await _run(operator, "restore", "backup.zip", status=2)
    assert "cannot be read" in await _run(operator, "restore", "none.zip", status=2)
    (tmp_path / "data" / "liveroom.key").unlink()
    said = await _run(operator, "restore", "backup.zip", "--force", status=2)
    assert re.search(r"1 logins or secrets are sealed with the key \w+", said)
    assert "lost: 1 logins" in await _run(operator, "restore", "backup.zip", "--force", "--without-keys")


async def test_a_database_that_does_not_answer_is_said_in_a_sentence(operator: Operator, tmp_path: Path) -> None:
    await _begun(tmp_path / "data")
    await _run(operator, "backup", "backup.zip")
    (tmp_path / "file").write_text("no database at all, but long enough to be taken for one" * 20)
    operator.settle(LIVEROOM_DATABASE_URL=f"sqlite:///{tmp_path}/file")
    for words in (("backup", "other.zip"), ("restore", "backup.zip")):
        said = await _run(operator, *words, status=2)
        assert said.startswith("the database")
        assert "Traceback" not in said
