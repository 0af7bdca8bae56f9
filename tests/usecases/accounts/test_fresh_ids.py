"""Fresh ids: one sequence for users and rooms, past whatever people have chosen for their rooms."""

from types import SimpleNamespace
from typing import Any

from liveroom.domain.ids import UserId
from liveroom.ports import Ids, Tx
from liveroom.usecases.accounts.registration import fresh_id
from tests.usecases.conftest import World


async def claim(world: World, first: int, count: int) -> None:
    """Let somebody have chosen ids in a row."""
    somebody = UserId("1")

    async def work(tx: Tx) -> None:
        for number in range(first, first + count):
            await tx.ids.claim(str(number), world.core.services.tenants.default.name, somebody)

    await world.core.db.transact(work)


class Counted:
    """Ids that count what is asked of them."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        self.asked += 1
        return getattr(self._ids, name)


async def test_five_thousand_chosen_ids_are_passed_in_a_dozen_steps(world: World) -> None:
    """They were tried one by one, which took the next registration 1.5 s."""
    tenant = world.core.services.tenants.default
    first = await world.core.db.ids.take(1) + 1
    await claim(world, first, 5000)

    async def work(tx: Tx) -> tuple[str, int]:
        ids = Counted(tx.ids)
        counted: Any = SimpleNamespace(ids=ids, users=tx.users, rooms=tx.rooms)
        return await fresh_id(counted, tenant, None), ids.asked

    id, asked = await world.core.db.transact(work)
    assert id == str(first + 5000)
    assert asked < 50


async def test_no_free_id_is_passed_over(world: World) -> None:
    tenant = world.core.services.tenants.default
    first = await world.core.db.ids.take(1) + 1
    await claim(world, first, 2)
    await claim(world, first + 3, 1)
    made = [await world.core.db.transact(lambda tx: fresh_id(tx, tenant, None)) for _ in range(3)]
    assert made == [str(first + 2), str(first + 4), str(first + 5)]
