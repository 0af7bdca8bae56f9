"""What a module may ask of the service: of the caller's tenant alone, and counted for itself alone."""

from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Final

import pytest

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.modules.installed import GROUP
from tests.modules import quizzes
from tests.service import serving

QUIZZES: Final = EntryPoint("quizzes", "tests.modules.quizzes:module", GROUP)
MINUTE: Final = timedelta(minutes=1)


async def test_rooms_of_another_tenant_and_their_members_are_not_there(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]) as service:
        host, acme = await service.sign_up(), await service.make_tenant("acme")
        room, owner, liveroom = RoomId(await host.go_live()), UserId(host.user), quizzes.lives[-1].liveroom
        assert (await liveroom.room(DEFAULT_TENANT, room)).owner == owner
        assert (await liveroom.member(DEFAULT_TENANT, room, owner)).user == owner
        with pytest.raises(RoomNotFound):
            await liveroom.room(acme.name, room)
        with pytest.raises(RoomNotFound):
            await liveroom.member(acme.name, room, owner)


async def test_what_one_module_counts_uses_up_no_limit_of_another(tmp_path: Path) -> None:
    async with serving(tmp_path, entries=[QUIZZES]):
        ours = quizzes.lives[-1].liveroom
        for module in (ours, replace(ours, name="polls")):
            assert await module.within("asked", limit=1, window=MINUTE)
            assert not await module.within("asked", limit=1, window=MINUTE)
