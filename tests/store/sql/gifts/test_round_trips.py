"""How often a batch of gifts waits for MySQL, counted on the wire."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest

from liveroom.store.sql.addresses import MysqlAddress, read_address
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.mysql import MysqlEngine
from tests import migrated
from tests.sdk.cuts import Wire, laid
from tests.servers import Mariadb
from tests.store.sql.gifts.selling import Shop, order

pytestmark = pytest.mark.services


@dataclass
class CountingWire(Wire):
    """Counts what is sent to the server: one for each command, however many statements it has."""

    commands: int = 0

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_server = writer.get_extra_info("peername")[1] == self.to
        with suppress(OSError):
            while chunk := await reader.read(65536):
                self.commands += to_server
                writer.write(chunk)
                await writer.drain()
        writer.close()


async def test_a_batch_of_gifts_is_three_round_trips(mariadb_template: Mariadb) -> None:
    """What is read and locked, what is written, the commit: under load they are what an answer waits for."""
    address = read_address(migrated.mariadb_url(mariadb_template, "store"))
    assert isinstance(address, MysqlAddress)
    async with laid(CountingWire(address.port)) as counted:
        database = SqlDatabase(MysqlEngine(replace(address, port=counted.port), pool=1), gathers=True)
        shop = Shop(database)
        await shop.give("1", coins=100)
        await shop.payments.take([order("1", "2", gift="coffee", combo="c")])
        before = counted.commands
        paid = await shop.payments.take([order("1", "2", gift="coffee", combo="c") for _ in range(3)])
        assert [one.gifts[0].combo_total for one in paid.decisions] == [2, 3, 4]  # type: ignore[union-attr]
        assert counted.commands - before == 3
        await database.close()
