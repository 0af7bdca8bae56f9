"""A rehearsal: all is done in one transaction around the others, which is rolled back at the end."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar

from liveroom.ports import Tx

T = TypeVar("T")


class Transactions(Protocol):
    """What an import needs of a database."""

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T: ...


@dataclass(frozen=True, slots=True)
class _Within:
    """Runs what would be transactions of their own within one."""

    tx: Tx

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await work(self.tx)


class _Undone(Exception):
    """Raised to roll everything back."""


async def rehearse(db: Transactions, do: Callable[[Transactions], Awaitable[T]]) -> T:
    """Do the work, roll it back, and return its result."""
    outcome: list[T] = []

    async def work(tx: Tx) -> None:
        outcome[:] = [await do(_Within(tx))]
        raise _Undone

    with suppress(_Undone):
        await db.transact(work)
    return outcome[0]
