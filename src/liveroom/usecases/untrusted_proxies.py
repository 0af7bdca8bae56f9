"""Proxies that forward calls without being trusted: noted by the service, reported by `liveroom doctor`."""

from datetime import timedelta
from typing import Final

from liveroom.ports import Clock, Database, Tx

KEPT: Final = timedelta(days=30)
_NOTE: Final = "untrusted proxy"


async def note_proxy(db: Database, clock: Clock, peer: str) -> None:
    """Note the proxy for a month, in place of one noted before: one row, whatever strangers send."""
    now = clock.now()

    async def work(tx: Tx) -> None:
        await tx.leases.release(_NOTE, await tx.leases.holder(_NOTE, now))
        await tx.leases.claim(_NOTE, peer, now, now + KEPT)

    await db.transact(work)


async def noted_proxy(db: Database, clock: Clock) -> str:
    """Return the proxy that is noted; "" for none."""
    return await db.leases.holder(_NOTE, clock.now())
