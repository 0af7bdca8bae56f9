"""Vendors that are called: whether they answer and accept our keys, and what waits to be done there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from liveroom.app.checkup.current_database import current_database
from liveroom.app.vendors import Vendors, make_vendors
from liveroom.app.wiring import default_tenant
from liveroom.domain.errors import KeyMissing
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.tenants.model import RtcKind, Tenant
from liveroom.domain.vendors.model import Trouble, Vendor, VendorBacklog, VendorFailure
from liveroom.keys import open_keys
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.tenants.registry import Tenancy

_ASKED: Final = 20
"""Tenants for whom the vendors are asked; a list of hundreds helps nobody."""
_LISTED: Final = 5
_LONG: Final = timedelta(minutes=5)
_NAMES: Final = {Vendor.IM: "IM", Vendor.TRTC: "TRTC control", Vendor.LIVEKIT: "LiveKit"}
_WAITS: Final = "work for it waits until it answers"


async def look_at_vendors(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask each vendor of each tenant for something that changes nothing, and look at the queue."""
    vendors = make_vendors(settings, clock)
    try:
        for finding in _left_out(settings, vendors):
            yield finding
        async with current_database(settings) as db:
            for finding in await _answers(vendors, await _tenants(settings, db)):
                yield finding
            if db is not None:
                async for finding in _queue(db, clock, vendors):
                    yield finding
    finally:
        await vendors.hang_up()


def _left_out(settings: Settings, vendors: Vendors) -> Sequence[Finding]:
    found = []
    if vendors.im is None:
        found.append(ok("IM", "none: apps that use Tencent IM keep using it directly"))
    if RtcKind(settings.rtc) is RtcKind.TRTC and vendors.trtc is None:
        found.append(
            warn(
                "TRTC control",
                "no keys of the cloud account: closed rooms and banned users stay connected to TRTC",
                "set LIVEROOM_TENCENT_SECRET_ID and LIVEROOM_TENCENT_SECRET_KEY",
            )
        )
    return found


async def _tenants(settings: Settings, db: SqlDatabase | None) -> Sequence[Tenant]:
    default = default_tenant(settings)
    if db is None or not await db.tenants.list():
        return [default]
    tenancy = Tenancy(db, open_keys(settings), default)
    try:
        await tenancy.refresh()
    except KeyMissing:
        return [default]
    return tenancy.all()


async def _answers(vendors: Vendors, tenants: Sequence[Tenant]) -> Sequence[Finding]:
    checks: dict[Vendor, Callable[[Tenant], Awaitable[None]]] = {}
    for vendor, way in ((Vendor.IM, vendors.im), (Vendor.TRTC, vendors.trtc), (Vendor.LIVEKIT, vendors.livekit)):
        if way is not None:
            checks[vendor] = way.check
    asked = [(vendor, tenant) for tenant in tenants for vendor in sorted(vendors.of(tenant))][:_ASKED]
    return await asyncio.gather(*(_ask(vendor, tenant, checks[vendor]) for vendor, tenant in asked))


async def _ask(vendor: Vendor, tenant: Tenant, check: Callable[[Tenant], Awaitable[None]]) -> Finding:
    subject, whose = _NAMES[vendor], f" (tenant {tenant.name})" if tenant.name else ""
    try:
        await check(tenant)
    except VendorFailure as failure:
        if failure.trouble is Trouble.BUSY:
            return warn(subject, f"{failure}{whose}", _WAITS)
        fact, _, remedy = str(failure).rpartition("): ")
        return fail(subject, f"{fact})" + whose if fact else f"{failure}{whose}", remedy if fact else _WAITS)
    return ok(subject, f"it answers and accepts the credentials{whose}")


async def _queue(db: SqlDatabase, clock: Clock, vendors: Vendors) -> AsyncIterator[Finding]:
    is_on = {Vendor.IM: vendors.im, Vendor.TRTC: vendors.trtc, Vendor.LIVEKIT: vendors.livekit}
    waiting = await db.vendor_work.waiting()
    for partition in waiting:
        yield _backlog(partition, clock, is_on=is_on[partition.vendor] is not None)
    failed = await db.vendor_work.failed(_LISTED + 1)
    for work in failed[:_LISTED]:
        about = f"{work.key.matter} {work.key.subject} at {_NAMES[work.key.vendor]} was given up: {work.reason}"
        yield warn("vendor work", about, "it is retried every hour")
    if len(failed) > _LISTED:
        yield warn("vendor work", "more tasks were given up", "the log names each one once, as vendor.gave_up")
    if any(is_on.values()) and not waiting and not failed:
        yield ok("vendor work", "nothing is waiting, nothing was given up")


def _backlog(partition: VendorBacklog, clock: Clock, *, is_on: bool) -> Finding:
    whose = f" of tenant {partition.tenant}" if partition.tenant else ""
    late = clock.now() - partition.since
    fact = f"{partition.number} tasks{whose} are waiting for {_NAMES[partition.vendor]}"
    if not is_on:
        return warn("vendor work", f"{fact}, which is switched off", "turn it on again, or leave them")
    if late < _LONG:
        return ok("vendor work", fact)
    return warn("vendor work", f"{fact}, the oldest for {int(late.total_seconds()) // 60} min", _WAITS)
