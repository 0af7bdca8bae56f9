"""Counters that only grow. The first revision puts a row for each."""

from typing import Final

from sqlalchemy import bindparam

from liveroom.store.sql.dialect import Statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import counters

IDS: Final = "ids"
"""The next id to be handed out."""
TENANTS: Final = "tenants"
"""The newest ``rev`` of a tenant."""
CONFIGURATION: Final = "configuration"
"""Grows with every change of the operator configuration: secrets, keys, webhooks, hooks."""

_ADD: Final = Statement(lambda dialect: dialect.add_to(counters.c.value, counters.c.name == bindparam("counter")))


async def add_to_counter(runner: Runner, counter: str, amount: int) -> int:
    """Add to a counter and return the sum, which no other caller gets."""
    return await runner.number(_ADD, counter=counter, amount=amount)
